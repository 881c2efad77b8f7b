#include "harness/groupchat/own_broker.h"

#include <fmt/format.h>
#include <poll.h>

#include <chrono>
#include <cstdio>

#include "harness/groupchat/private_broker.h"

namespace threadmill::harness {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRestartAfter{1000};

/// Returns whether the time has passed; otherwise a stop is wished.
bool wait_out(milliseconds time, int stop) {
  pollfd readable{.fd = stop, .events = POLLIN, .revents = 0};
  return ::poll(&readable, 1, static_cast<int>(time.count())) <= 0;
}

/// Returns whether the node has ended; otherwise a stop is wished.
bool wait_for_end(const PrivateBroker& broker, int stop) {
  pollfd either[] = {{.fd = stop, .events = POLLIN, .revents = 0},
                     {.fd = broker.end_fd(), .events = POLLIN, .revents = 0}};
  while (either[0].revents == 0 && either[1].revents == 0) ::poll(either, 2, -1);
  return either[0].revents == 0;
}

}  // namespace

void run_own_broker(const OwnBrokerOptions& options, int stop) {
  PrivateBroker broker({.address = options.address, .port = options.port});
  if (!broker.start(stop)) return;
  fmt::print("{{\"port\": {}, \"victim_pid\": {}}}\n", broker.address().port, broker.pid());
  std::fflush(stdout);
  while (wait_for_end(broker, stop)) {
    fmt::print(stderr, "the broker's node has ended; it is started again\n");
    if (!wait_out(kRestartAfter, stop)) return;
    broker.launch();
  }
}

}  // namespace threadmill::harness
