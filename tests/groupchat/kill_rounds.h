#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/groupchat/private_broker.h"

namespace threadmill::groupchat {

enum class Victim { broker, reader };

struct KillPlan {
  std::vector<Victim> rounds;  ///< who is killed, in turn
  std::uint32_t seed = 1;      ///< of the moments, and of which reader
  int readers = 3;             ///< members of one group, a process each
  std::uint32_t messages_per_s = 400;
  std::chrono::milliseconds shortest{300};  ///< load before a kill, at least
  std::chrono::milliseconds longest{1500};  ///< and at most
  std::uint64_t confirmed_before_kill = 0;  ///< messages in the load before each kill, at least
  std::chrono::seconds patience{60};        ///< for load to flow again, and for readers to read it all
};

struct KillRound {
  Victim victim = Victim::broker;
  /// Broker: from the kill until the first message that was sent after it is confirmed. Reader: until it
  /// has read something.
  std::chrono::milliseconds gap{0};
  std::chrono::milliseconds broker_start{0};  ///< broker: of it, until a client can log in
};

struct KillReport {
  std::vector<KillRound> rounds;
  std::uint64_t confirmed = 0;        ///< messages whose sender knew them to be kept
  std::uint64_t to_be_read = 0;       ///< by so many readers in all: those to the group by each member
  std::uint64_t missing = 0;          ///< of these, not read
  std::uint64_t read_twice = 0;       ///< by the same reader
  std::uint64_t foreign = 0;          ///< read, and never sent
  std::uint64_t published_again = 0;  ///< by the sender, after a lost connection
  std::uint64_t came_again = 0;       ///< to a reader that had read it, and left it out
  std::uint64_t not_taken = 0;        ///< refused, or for nobody
  std::uint32_t dead_letters = 0;
};

/// One sender and some readers (`threadmill groupchat`) under load, while the broker or a reader is killed
/// again and again. Tells each round when it is over. Throws std::runtime_error where load does not flow
/// again within the plan's patience.
KillReport kill_under_load(harness::PrivateBroker& broker, const KillPlan& plan,
                           const std::function<void(const KillRound&)>& tell);

}  // namespace threadmill::groupchat
