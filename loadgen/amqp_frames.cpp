#include "loadgen/amqp_frames.h"

#include <array>
#include <concepts>
#include <stdexcept>

namespace threadmill::load::amqp {
namespace {

// type, channel and size; the mark of a frame's end.
constexpr std::size_t kHeadBytes = 7;
constexpr std::size_t kEndBytes = 1;
// Until more is agreed on no frame is longer (AMQP's FRAME-MIN-SIZE), and what brokers say later is shorter.
// It also bounds how deeply tables in a method can be nested.
constexpr std::size_t kMostMethodBytes = 4096;
constexpr std::size_t kIdBytes = 4;  // of a method
// Of a content's header: class, weight, body size, and at least its first flags.
constexpr std::size_t kBodySizeAt = 4;
constexpr std::size_t kLeastContentHeaderBytes = 14;

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

template <std::unsigned_integral Number>
void append_big_endian(std::string& to, Number number) {
  for (std::size_t i = sizeof(Number); i-- > 0;) to += static_cast<char>(number >> 8 * i & 0xff);
}

bool is_possible(std::uint8_t type, std::uint64_t channel, std::uint64_t payload_bytes) {
  switch (type) {
    case AMQP_FRAME_METHOD:
      return channel <= kChannel && payload_bytes >= kIdBytes && payload_bytes <= kMostMethodBytes;
    case AMQP_FRAME_HEADER:
      return channel == kChannel && payload_bytes >= kLeastContentHeaderBytes &&
             payload_bytes <= kMostFrameBytes - kHeadBytes - kEndBytes;
    case AMQP_FRAME_BODY:
      return channel == kChannel && payload_bytes <= kMostFrameBytes - kHeadBytes - kEndBytes;
    case AMQP_FRAME_HEARTBEAT:
      return channel == 0 && payload_bytes == 0;
    default:
      return false;
  }
}

bool is_type(std::uint8_t type) {
  return type == AMQP_FRAME_METHOD || type == AMQP_FRAME_HEADER || type == AMQP_FRAME_BODY ||
         type == AMQP_FRAME_HEARTBEAT;
}

/// Room for what the library encodes; it is told how much that is.
using Encoded = std::array<char, kMostMethodBytes>;

std::string_view encoded_part(const Encoded& encoded, int bytes) {
  if (bytes < 0) throw std::logic_error(amqp_error_string2(bytes));
  return {encoded.data(), static_cast<std::size_t>(bytes)};
}

}  // namespace

Frame first_frame(std::string_view bytes) {
  Frame frame;
  if (bytes.empty()) return frame;
  frame.type = static_cast<std::uint8_t>(bytes[0]);
  frame.status = is_type(frame.type) ? Frame::Status::incomplete : Frame::Status::malformed;
  if (frame.status == Frame::Status::malformed || bytes.size() < kHeadBytes) return frame;
  const std::uint64_t channel = big_endian(bytes.substr(1, 2));
  const std::uint64_t payload_bytes = big_endian(bytes.substr(3, 4));
  if (!is_possible(frame.type, channel, payload_bytes)) {
    frame.status = Frame::Status::malformed;
    return frame;
  }
  frame.channel = static_cast<amqp_channel_t>(channel);
  frame.bytes = kHeadBytes + payload_bytes + kEndBytes;
  if (bytes.size() < frame.bytes) return frame;
  const bool ends = static_cast<std::uint8_t>(bytes[frame.bytes - 1]) == AMQP_FRAME_END;
  frame.status = ends ? Frame::Status::whole : Frame::Status::malformed;
  frame.payload = bytes.substr(kHeadBytes, payload_bytes);
  return frame;
}

Content read_content(std::string_view bytes, std::size_t most_bytes, std::string& body) {
  body.clear();
  Content content;
  std::optional<std::uint64_t> body_bytes;
  while (!body_bytes || body.size() < *body_bytes) {
    const Frame frame = first_frame(bytes.substr(content.bytes));
    content.status = frame.status;
    if (!frame.whole()) return content;
    content.bytes += frame.bytes;
    if (frame.type == AMQP_FRAME_HEARTBEAT) continue;
    content.status = Frame::Status::malformed;
    if (!body_bytes) {
      if (frame.type != AMQP_FRAME_HEADER || big_endian(frame.payload.substr(0, 2)) != AMQP_BASIC_CLASS)
        return content;
      body_bytes = big_endian(frame.payload.substr(kBodySizeAt, sizeof(std::uint64_t)));
      if (*body_bytes > most_bytes) return content;
    } else {
      if (frame.type != AMQP_FRAME_BODY || frame.payload.size() > *body_bytes - body.size()) return content;
      body += frame.payload;
    }
  }
  content.status = Frame::Status::whole;
  return content;
}

std::optional<amqp_method_t> MethodReader::read(const Frame& frame) {
  if (!frame.is(AMQP_FRAME_METHOD)) return std::nullopt;
  recycle_amqp_pool(&pool_);
  amqp_method_t method{};
  method.id = static_cast<amqp_method_number_t>(big_endian(frame.payload.substr(0, kIdBytes)));
  const int status =
      amqp_decode_method(method.id, &pool_, bytes_of(frame.payload.substr(kIdBytes)), &method.decoded);
  return status < 0 ? std::nullopt : std::optional(method);
}

void append_frame(std::string& to, std::uint8_t type, amqp_channel_t channel, std::string_view payload) {
  append_big_endian(to, type);
  append_big_endian(to, channel);
  append_big_endian(to, static_cast<std::uint32_t>(payload.size()));
  to.append(payload).push_back(static_cast<char>(AMQP_FRAME_END));
}

void append_method(std::string& to, amqp_channel_t channel, amqp_method_number_t id, void* method) {
  Encoded encoded;
  const int bytes = amqp_encode_method(id, method, {encoded.size(), encoded.data()});
  std::string payload;
  append_big_endian(payload, id);
  payload += encoded_part(encoded, bytes);
  append_frame(to, AMQP_FRAME_METHOD, channel, payload);
}

void append_content_header(std::string& to, std::uint64_t body_bytes, amqp_basic_properties_t& properties) {
  Encoded encoded;
  const int bytes = amqp_encode_properties(AMQP_BASIC_CLASS, &properties, {encoded.size(), encoded.data()});
  std::string payload;
  append_big_endian(payload, std::uint16_t{AMQP_BASIC_CLASS});
  append_big_endian(payload, std::uint16_t{0});  // weight, which nobody uses
  append_big_endian(payload, body_bytes);
  payload += encoded_part(encoded, bytes);
  append_frame(to, AMQP_FRAME_HEADER, kChannel, payload);
}

}  // namespace threadmill::load::amqp
