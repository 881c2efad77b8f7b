#include "servers/core/web_service.h"

#include "servers/core/channel.h"
#include "servers/core/http_response.h"

namespace threadmill::servers {
namespace {

std::string refusal_of_clients() {
  std::string text;
  append_response(text, problem(503, "there are as many clients as this server takes; come back later"),
                  {.close = true});
  return text;
}

/// A client that resumes gets a part only of what may wait for one connection.
std::size_t replay_limit_bytes(const ServeOptions& options) { return options.outbox_bytes / 4; }

}  // namespace

WebService::WebService(const ServeOptions& options)
    : limits_{.body_bytes = options.max_message_bytes, .replay_bytes = replay_limit_bytes(options)},
      trust_{options.web.host, options.web.cors_origin},
      heartbeat_(options.web.heartbeat),
      refusal_(refusal_of_clients()),
      history_(options.events != nullptr ? options.events : std::make_shared<EventHistory>()) {}

std::unique_ptr<Session> WebService::open(Fanout& fanout, Member& self) const {
  return std::make_unique<HttpSession>(fanout, self, *history_, limits_, trust_);
}

void WebService::tick(Fanout& fanout) const {
  fanout.publish(kHeartbeatFace, Publication{.bytes = ":\n\n", .messages = 0});
}

}  // namespace threadmill::servers
