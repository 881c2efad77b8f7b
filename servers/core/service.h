#pragma once
// What a server offers: which session each connection gets.

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
};

/// "echo" or "chat"; nullptr for any other name.
std::unique_ptr<Service> make_service(std::string_view name, const ServeOptions& options);

}  // namespace threadmill::servers
