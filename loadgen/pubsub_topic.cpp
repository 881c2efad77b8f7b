#include "loadgen/pubsub_topic.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "protocol/resp_encode.h"

namespace threadmill::load {
namespace {

constexpr std::uint64_t kMostStreamBytes =
    16U << 20;  // for each topic; who lags further behind is parsed in full

PushShape shape_of(std::uint32_t topic, std::uint32_t message_bytes) {
  PushShape shape{.header = {}, .frame_bytes = 0, .payload_bytes = message_bytes};
  resp::append_message_push(shape.header, topic_name(topic), std::string(message_bytes, ' '));
  shape.frame_bytes = shape.header.size();
  shape.header.resize(shape.frame_bytes - message_bytes - 2);
  return shape;
}

std::vector<PushShape> shapes_of(std::uint32_t topic, const MessageSizes& sizes) {
  std::vector<PushShape> shapes;
  for (std::size_t i = 0; i < sizes.count(); ++i) shapes.push_back(shape_of(topic, sizes.bytes(i)));
  return shapes;
}

std::size_t longest(const std::vector<PushShape>& shapes) {
  std::size_t longest = 0;
  for (const auto& shape : shapes) longest = std::max(longest, shape.frame_bytes);
  return longest;
}

}  // namespace

std::string topic_name(std::uint32_t topic) { return fmt::format("topic-{}", topic); }

TopicStream::TopicStream(std::uint32_t topic, const MessageSizes& sizes, std::uint32_t publishers,
                         std::uint32_t window)
    : topic_(topic),
      publishers_(publishers),
      shapes_(shapes_of(topic, sizes)),
      slot_bytes_(longest(shapes_)),
      ring_(std::bit_ceil(std::uint64_t{window})),
      slots_(std::bit_ceil(std::uint64_t{publishers} * window)) {
  while (slots_ > 1 && slots_ * slot_bytes_ > kMostStreamBytes) slots_ /= 2;
  bytes_.resize(slots_ * slot_bytes_);
  if (!uniform()) shape_at_.resize(slots_);
  publications_.resize(slots_);
  flights_.resize(publishers_ * ring_);
  complete_.resize(publishers_);
}

void TopicStream::append(const PushShape& shape, const char* frame, const Publication& publication) {
  const std::uint64_t slot = end_ & (slots_ - 1);
  std::memcpy(bytes_.data() + slot * slot_bytes_, frame, shape.frame_bytes);
  if (!uniform()) shape_at_[slot] = static_cast<std::uint8_t>(&shape - shapes_.data());
  publications_[slot] = publication;
  ++end_;
  flight_of(publication.publisher, publication.sequence).position = end_;
}

std::optional<std::uint64_t> TopicStream::find(const Publication& publication) const noexcept {
  const Flight& flight = flights_[publication.publisher * ring_ + (publication.sequence & (ring_ - 1))];
  if (flight.position == 0) return std::nullopt;
  const std::uint64_t position = flight.position - 1;
  const Publication& known = at(position);
  if (position < first() || known.publisher != publication.publisher ||
      known.sequence != publication.sequence) {
    return std::nullopt;
  }
  return position;
}

bool TopicStream::advance(std::uint32_t publisher) noexcept {
  std::uint64_t& complete = complete_[publisher];
  while (flight_of(publisher, complete).received == subscribers_) {
    flight_of(publisher, complete).received = 0;
    ++complete;
  }
  return true;
}

}  // namespace threadmill::load
