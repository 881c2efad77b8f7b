#pragma once
// The web service: a gateway to topics for browsers and curl.

#include <memory>

#include "servers/core/event_history.h"
#include "servers/core/http_session.h"
#include "servers/core/service.h"

namespace threadmill::servers {

/// Its sessions share a history, which is why one thread runs them all: only event loops offer it.
class WebService : public Service {
 public:
  /// Makes a history of its own where `options` have none to share.
  explicit WebService(const ServeOptions& options);

  std::string_view name() const override { return "web"; }
  std::unique_ptr<Session> open(Fanout& fanout, Member& self) const override;
  bool publishes() const override { return true; }
  std::string_view refusal() const override { return refusal_; }

  /// Event streams that are silent get a comment: so that proxies and clients do not take them for dead.
  std::chrono::milliseconds tick_period() const override { return heartbeat_; }
  void tick(Fanout& fanout) const override;

 private:
  const WebLimits limits_;
  const WebTrust trust_;
  const std::chrono::milliseconds heartbeat_;
  const std::string refusal_;
  const std::shared_ptr<EventHistory> history_;
};

}  // namespace threadmill::servers
