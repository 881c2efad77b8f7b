#pragma once
// Clients whose request makes the handler crash, in a server that was started with --fault crash.

#include <cstdint>
#include <string_view>

#include "loadgen/bystanders/crowd.h"

namespace threadmill::load {

/// What makes it crash: kCrashTrigger of servers/staged/staging.h.
inline constexpr std::string_view kCrashLine = "THREADMILL-CRASH\r\n";

/// Silent but for one line each, all at one time.
class Crashers final : public Crowd {
 public:
  /// The line leaves `after_ns` after the window began.
  Crashers(const CrowdPlace& place, std::uint32_t size, std::int64_t after_ns)
      : Crowd(place, size), after_ns_(after_ns) {}

  void begin_window(std::int64_t now_ns) override { due_ns_ = now_ns + after_ns_; }
  int tick(std::int64_t now_ns) override;

 private:
  void on_connected(std::uint32_t index) override {
    establish(index);
    settle(index);
    watch(index, EPOLLIN);
  }
  /// A server that answers did not crash.
  void on_event(std::uint32_t index, std::uint32_t) override { discard(index, kMostAtOnce); }

  static constexpr std::uint64_t kMostAtOnce = 1 << 20;

  std::int64_t after_ns_;
  std::int64_t due_ns_ = 0;  // 0: the window has not begun
  bool done_ = false;
};

}  // namespace threadmill::load
