// Builds with THREADMILL_BURN: sessions that burn CPU time before they do their work.

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "servers/burn/burn.h"
#include "servers/staged/calibrated_loop.h"
#include "servers/staged/wrapped_service.h"

namespace threadmill::servers {
namespace {

class BurningSession : public Session {
 public:
  BurningSession(std::unique_ptr<Session> session, std::uint64_t rounds)
      : session_(std::move(session)), rounds_(rounds) {}
  Verdict on_bytes(std::string_view bytes, Outbox& out) override {
    run_loop(rounds_);
    return session_->on_bytes(bytes, out);
  }
  bool resumes() const override { return session_->resumes(); }
  bool waits() const override { return session_->waits(); }

 private:
  std::unique_ptr<Session> session_;
  std::uint64_t rounds_;
};

}  // namespace

void add_burn_option(CLI::App& app, Burn& burn) {
  app.add_option("--burn-ns", burn.ns_per_batch,
                 "CPU time to waste on each batch of bytes that arrives, in nanoseconds: a slowed server, to "
                 "try whether `threadmill gate` finds it")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}))
      ->capture_default_str();
}

std::unique_ptr<Service> with_burn(std::unique_ptr<Service> service, const Burn& burn) {
  if (burn.ns_per_batch == 0) return service;
  return std::make_unique<WrappedService>(
      std::move(service), [rounds = rounds_for(burn.ns_per_batch)](std::unique_ptr<Session> session) {
        return std::make_unique<BurningSession>(std::move(session), rounds);
      });
}

void tell_burn(nlohmann::ordered_json& ready, const Burn& burn, bool ceiling) {
  ready["burn_ns"] = ceiling ? 0 : burn.ns_per_batch;
}

}  // namespace threadmill::servers
