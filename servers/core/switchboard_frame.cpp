#include "servers/core/switchboard_frame.h"

#include <cstring>
#include <stdexcept>

namespace threadmill::servers {
namespace {

constexpr std::size_t kHeaderBytes = 9;
constexpr std::size_t kKeptFrameBytes = 4096;

void append_length(std::string& out, std::size_t length) {
  const auto value = static_cast<std::uint32_t>(length);
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

std::size_t read_length(std::string_view input, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, input.data() + at, sizeof value);
  return value;
}

}  // namespace

void append_frame(std::string& out, const Frame& frame) {
  out.push_back(static_cast<char>(frame.kind));
  append_length(out, frame.topic.size());
  append_length(out, frame.body.size());
  out.append(frame.topic);
  out.append(frame.body);
}

std::optional<Frame> take_frame(std::string_view& input) {
  if (input.size() < kHeaderBytes) return std::nullopt;
  const auto kind = static_cast<FrameKind>(input[0]);
  if (kind < FrameKind::join || kind > FrameKind::welcome)
    throw std::logic_error("switchboard: unknown frame");
  const std::size_t topic_bytes = read_length(input, 1);
  const std::size_t body_bytes = read_length(input, 5);
  if (input.size() < kHeaderBytes + topic_bytes + body_bytes) return std::nullopt;
  const Frame frame{kind, input.substr(kHeaderBytes, topic_bytes),
                    input.substr(kHeaderBytes + topic_bytes, body_bytes)};
  input.remove_prefix(kHeaderBytes + topic_bytes + body_bytes);
  return frame;
}

std::string delivery_frame(std::string_view bytes) {
  std::string frame;
  append_frame(frame, {FrameKind::deliver, {}, bytes});
  return frame;
}

void give_back(std::string& buffer) {
  if (buffer.capacity() > kKeptFrameBytes) std::string().swap(buffer);
}

void keep_rest(std::string& partial, bool was_empty, std::string_view rest) {
  if (was_empty) {
    partial.assign(rest);
  } else if (rest.size() < partial.size()) {
    partial.erase(0, partial.size() - rest.size());
  }
}

}  // namespace threadmill::servers
