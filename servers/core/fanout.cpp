#include "servers/core/fanout.h"

namespace threadmill::servers {
namespace {

// More than any wire format adds to a topic and a payload.
constexpr std::size_t kFrameBytes = 64;

}  // namespace

std::size_t Fanout::encode_and_publish(std::string_view topic, std::string_view payload, Encode& encode) {
  Publication publication;
  publication.bytes.reserve(topic.size() + payload.size() + kFrameBytes);
  encode(publication.bytes, topic, payload);
  return publish(topic, std::move(publication));
}

}  // namespace threadmill::servers
