#include "loadgen/pubsub_topic.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <utility>

namespace threadmill::load {
namespace {

constexpr std::uint64_t kMostStreamBytes =
    16U << 20;  // for each topic; who lags further behind is parsed in full

}  // namespace

std::string topic_name(std::uint32_t topic) { return fmt::format("topic-{}", topic); }

TopicStream::TopicStream(std::uint32_t topic, std::vector<PushShape> shapes, std::size_t most_push_bytes,
                         std::uint32_t publishers, std::uint32_t window)
    : topic_(topic),
      publishers_(publishers),
      shapes_(std::move(shapes)),
      slot_bytes_(most_push_bytes),
      ring_(std::bit_ceil(std::uint64_t{window})),
      slots_(std::bit_ceil(std::uint64_t{publishers} * window)) {
  while (slots_ > 1 && slots_ * slot_bytes_ > kMostStreamBytes) slots_ /= 2;
  bytes_.resize(slots_ * slot_bytes_);
  if (!uniform()) frame_bytes_.resize(slots_);
  publications_.resize(slots_);
  runs_.resize(slots_);
  flights_.resize(publishers_ * ring_);
  complete_.resize(publishers_);
}

void TopicStream::append(std::string_view frame, const Publication& publication) {
  if (frame.size() > slot_bytes_) return;
  const std::uint64_t slot = end_ & (slots_ - 1);
  std::memcpy(bytes_.data() + slot * slot_bytes_, frame.data(), frame.size());
  if (!uniform()) frame_bytes_[slot] = static_cast<std::uint32_t>(frame.size());
  runs_[slot] = continues(publication) ? run_at(end_ - 1) : end_;
  publications_[slot] = publication;
  ++end_;
  flight_of(publication.publisher, publication.sequence).position = end_;
}

bool TopicStream::continues(const Publication& publication) const noexcept {
  if (end_ == 0) return false;
  const Publication& last = at(end_ - 1);
  return publication.publisher == last.publisher && publication.sequence == last.sequence + 1 &&
         publication.sent_ns == last.sent_ns && publication.intended_ns == last.intended_ns;
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
