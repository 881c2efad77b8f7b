#include "harness/groupchat/own_broker.h"

#include <fmt/format.h>
#include <poll.h>

#include <chrono>
#include <cstdio>
#include <stdexcept>

#include "harness/groupchat/private_broker.h"

namespace threadmill::harness {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTryEvery{50};
constexpr std::chrono::seconds kStartLimit{120};
constexpr milliseconds kRestartAfter{1000};

bool is_readable_within(int fd, milliseconds time) {
  pollfd readable{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&readable, 1, static_cast<int>(time.count())) > 0;
}

/// Returns whether it is ready; otherwise a stop is wished.
bool get_ready(groupchat::PrivateBroker& broker, int stop) {
  const auto deadline = std::chrono::steady_clock::now() + kStartLimit;
  while (!broker.is_ready()) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error(
          fmt::format("the broker took no login within {} s: {}", kStartLimit.count(), broker.log()));
    }
    if (is_readable_within(stop, kTryEvery)) return false;
  }
  return true;
}

/// Returns whether the node has ended; otherwise a stop is wished.
bool wait_for_end(const groupchat::PrivateBroker& broker, int stop) {
  pollfd either[] = {{.fd = stop, .events = POLLIN, .revents = 0},
                     {.fd = broker.end_fd(), .events = POLLIN, .revents = 0}};
  while (either[0].revents == 0 && either[1].revents == 0) ::poll(either, 2, -1);
  return either[0].revents == 0;
}

}  // namespace

void run_own_broker(const OwnBrokerOptions& options, int stop) {
  groupchat::PrivateBroker broker({.address = options.address, .port = options.port});
  broker.launch();
  if (!get_ready(broker, stop)) return;
  fmt::print("{{\"port\": {}, \"victim_pid\": {}}}\n", broker.address().port, broker.pid());
  std::fflush(stdout);
  while (wait_for_end(broker, stop)) {
    fmt::print(stderr, "the broker's node has ended; it is started again\n");
    if (is_readable_within(stop, kRestartAfter)) return;
    broker.launch();
  }
}

}  // namespace threadmill::harness
