#pragma once
// A service whose sessions do something more.

#include <functional>
#include <memory>
#include <utility>

#include "servers/core/service.h"

namespace threadmill::servers {

/// In everything but its sessions it is the service that it wraps.
class WrappedService : public Service {
 public:
  /// From any thread, and in any process of the server.
  using Wrap = std::function<std::unique_ptr<Session>(std::unique_ptr<Session>)>;

  WrappedService(std::unique_ptr<Service> service, Wrap wrap)
      : service_(std::move(service)), wrap_(std::move(wrap)) {}
  std::string_view name() const override { return service_->name(); }
  std::unique_ptr<Session> open(Fanout& fanout, Member& self) const override {
    return wrap_(service_->open(fanout, self));
  }
  bool publishes() const override { return service_->publishes(); }
  std::string_view refusal() const override { return service_->refusal(); }
  std::chrono::milliseconds tick_period() const override { return service_->tick_period(); }
  void tick(Fanout& fanout) const override { service_->tick(fanout); }

 private:
  std::unique_ptr<Service> service_;
  Wrap wrap_;
};

}  // namespace threadmill::servers
