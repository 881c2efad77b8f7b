#pragma once
// What a server offers: which session each connection gets.

#include <chrono>
#include <memory>
#include <string_view>

#include "servers/core/fanout.h"
#include "servers/core/session.h"
#include "servers/options.h"

namespace threadmill::servers {

/// Immutable while serving, so any thread may open sessions.
class Service {
 public:
  virtual ~Service() = default;

  /// As given to --service.
  virtual std::string_view name() const = 0;

  /// A session for a new connection. `fanout` and `self` outlive it.
  virtual std::unique_ptr<Session> open(Fanout& fanout, Member& self) const = 0;

  /// Whether connections receive what others publish, or only answers to their own requests.
  virtual bool publishes() const = 0;

  /// What a client is told when there is no room for it; may be empty.
  virtual std::string_view refusal() const = 0;

  /// How often tick() is called while serving; 0: never. Sessions have no clock: what has to happen in time
  /// is published. A model that offers a service which ticks calls it, from the thread of its fan-out.
  virtual std::chrono::milliseconds tick_period() const { return std::chrono::milliseconds(0); }
  virtual void tick(Fanout&) const {}
};

/// "echo", "chat" or "web"; nullptr for any other name.
std::unique_ptr<Service> make_service(std::string_view name, const ServeOptions& options);

}  // namespace threadmill::servers
