#pragma once
// Frames of AMQP 0-9-1: what stands around methods and messages, which librabbitmq reads and writes. No I/O.

#include <amqp.h>
#include <amqp_framing.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/amqp_text.h"

namespace threadmill::load::amqp {

using protocol::bytes_of;
using protocol::text_of;

/// The only channel of each connection.
inline constexpr amqp_channel_t kChannel = 1;
/// What RabbitMQ offers by default, and we ask for: of a frame with all that stands around it.
inline constexpr std::uint32_t kMostFrameBytes = 128 << 10;

/// What stands at the start of some bytes.
struct Frame {
  enum class Status { incomplete, whole, malformed };
  Status status = Status::incomplete;
  std::uint8_t type = 0;  ///< AMQP_FRAME_METHOD, ...
  amqp_channel_t channel = 0;
  std::string_view payload{};
  std::size_t bytes = 0;  ///< of all of it

  bool whole() const { return status == Status::whole; }
  bool is(std::uint8_t asked) const { return whole() && type == asked; }
};

/// What no broker sends us is malformed as soon as it shows: another type, another channel, a frame that is
/// longer than was agreed on, or too short for what it says that it is.
Frame first_frame(std::string_view bytes);

/// The content of a message, behind its method: a header and the body in frames.
struct Content {
  Frame::Status status = Frame::Status::incomplete;
  std::size_t bytes = 0;  ///< of its frames
};

/// Reads what stands at the start of `bytes`; `body` is reused. A body of more than `most_bytes` is
/// malformed.
Content read_content(std::string_view bytes, std::size_t most_bytes, std::string& body);

/// Reads methods. What it returns is valid until the next call.
class MethodReader {
 public:
  MethodReader() { init_amqp_pool(&pool_, kPageBytes); }
  ~MethodReader() { empty_amqp_pool(&pool_); }
  MethodReader(const MethodReader&) = delete;
  MethodReader& operator=(const MethodReader&) = delete;

  /// Nothing where the frame has no method that librabbitmq knows.
  std::optional<amqp_method_t> read(const Frame& frame);

 private:
  static constexpr std::size_t kPageBytes = 4096;
  amqp_pool_t pool_;
};

/// The method as it was read.
template <typename Method>
const Method& as(const amqp_method_t& method) {
  return *static_cast<const Method*>(method.decoded);
}

/// Adds a frame with that payload.
void append_frame(std::string& to, std::uint8_t type, amqp_channel_t channel, std::string_view payload);
/// Adds a frame with that method. Throws std::logic_error where it does not fit in a frame.
void append_method(std::string& to, amqp_channel_t channel, amqp_method_number_t id, void* method);
/// Adds what announces a body of that many bytes. Throws as append_method().
void append_content_header(std::string& to, std::uint64_t body_bytes, amqp_basic_properties_t& properties);

}  // namespace threadmill::load::amqp
