#pragma once
// What bystanders say to a server, by its protocol.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace threadmill::load {

struct BystanderScript {
  std::string greeting;      ///< what a slow reader says once; empty: nothing
  std::string confirmation;  ///< what the server must answer to that, to the byte
  std::string request;       ///< what a slow reader asks again and again; empty: the server sends unasked
  std::string half_request;  ///< the last words of a half-open peer
  std::size_t half_answer_bytes = 0;  ///< what the server answers even to that
};

/// Messages that come back. A half message comes back too: an echo server knows no whole ones.
BystanderScript echo_script(std::uint32_t message_bytes);

/// A RESP2 command, over and over.
BystanderScript resp_script(const std::vector<std::string>& command);

/// A subscriber of `topic`, who need not ask to be sent things, and half a PUBLISH.
BystanderScript pubsub_script(std::string_view topic, std::uint32_t message_bytes);

/// GET `path`, over and over (RFC 9112), with keep-alive.
BystanderScript http_script(std::string_view path);

}  // namespace threadmill::load
