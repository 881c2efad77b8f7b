#pragma once
// What protocols over RESP2 read alike.

#include <cstddef>
#include <string_view>

#include "loadgen/pubsub_protocol.h"
#include "protocol/resp_reply.h"

namespace threadmill::load {

/// Of what subscribers receive.
inline resp::ReplyLimits push_limits(std::size_t most_payload_bytes, std::size_t most_elements = 64) {
  return {
      .line_bytes = 4096, .bulk_bytes = most_payload_bytes * 2 + 4096, .elements = most_elements, .depth = 2};
}

/// Reads what stands at the start of `bytes` into `reply`. False where that settles it: it is incomplete,
/// malformed or an error, as `push` says then.
inline bool read_resp_push(std::string_view bytes, std::size_t most_payload_bytes, resp::Reply& reply,
                           Push& push, std::size_t most_elements = 64) {
  const auto result = resp::parse_reply(bytes, reply, push_limits(most_payload_bytes, most_elements));
  push.bytes = result.consumed;
  if (result.status == resp::ReplyStatus::incomplete) {
    push.kind = Push::Kind::incomplete;
  } else if (result.status == resp::ReplyStatus::malformed) {
    push.kind = Push::Kind::malformed;
    push.text = result.reason;
  } else if (reply.kind == resp::ReplyKind::error) {
    push.kind = Push::Kind::refused;
    push.text = reply.text;
  } else {
    return true;
  }
  return false;
}

inline void push_is_no_message(Push& push) {
  push.kind = Push::Kind::malformed;
  push.text = "what is no message";
}

}  // namespace threadmill::load
