#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "groupchat/amqp/broker.h"
#include "tests/support/temporary_folder.h"

namespace threadmill::groupchat {

/// A RabbitMQ node of one's own, on free ports of loopback, in a temporary folder: nothing of it is left, its
/// epmd included. It ends with the thread that started it at the latest. Used by one thread.
class PrivateBroker {
 public:
  /// What is not installed that it takes, with its Debian package; "": nothing.
  static std::string missing();

  /// Starts it, and waits until it is there. Throws std::runtime_error with the end of what it said.
  PrivateBroker();
  ~PrivateBroker();
  PrivateBroker(const PrivateBroker&) = delete;
  PrivateBroker& operator=(const PrivateBroker&) = delete;

  BrokerAddress address() const;
  std::string url() const { return "amqp://" + address().to_string(); }

  /// Waits until the node would find that queue again after a kill: it writes the list of its quorum queues
  /// (names.dets) some seconds late, and starts one that is not in it anew, empty, without a word. Throws
  /// std::runtime_error where it does not come.
  void wait_until_on_disk(const std::string& queue) const;
  /// SIGKILL; start() starts it again on what it left on the disk.
  void kill();
  void start();
  /// How long the last start took, until a client could log in.
  std::chrono::milliseconds start_time() const { return start_time_; }

 private:
  std::vector<std::string> environment() const;
  std::string log() const;

  TemporaryFolder folder_;
  std::uint16_t port_;
  std::uint16_t distribution_port_;
  std::uint16_t epmd_port_;
  pid_t epmd_ = -1;
  pid_t node_ = -1;
  std::chrono::milliseconds start_time_{0};
};

}  // namespace threadmill::groupchat
