#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "groupchat/amqp/broker.h"
#include "os/descriptor.h"
#include "os/held_ports.h"
#include "os/scratch_folder.h"

namespace threadmill::harness {

struct PrivateBrokerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: one that is free
  /// Less than RabbitMQ's own defaults, for tests: one CPU, and a write-ahead log that suits their disk.
  bool small = false;
};

/// A RabbitMQ node of one's own, and its epmd, in a scratch folder, of which nothing is left. Both end with
/// the thread that started them at the latest. What it needs beside the clients' port are free ports of
/// loopback. Used by one thread.
class PrivateBroker {
 public:
  /// What is not installed that it takes, with its Debian package; "": nothing.
  static std::string missing();

  /// Prepares its folder and starts its epmd, and not yet the node. Throws std::runtime_error where something
  /// is missing().
  explicit PrivateBroker(PrivateBrokerOptions options = {});
  ~PrivateBroker();
  PrivateBroker(const PrivateBroker&) = delete;
  PrivateBroker& operator=(const PrivateBroker&) = delete;

  groupchat::BrokerAddress address() const;
  std::string url() const { return "amqp://" + address().to_string(); }

  /// Starts the node, on what it has left on the disk if it was there before.
  void launch();
  /// Whether a client can log in. Throws std::runtime_error with the end of what the node said where it has
  /// ended.
  bool is_ready();
  /// launch(), and waits until it is ready, or until the descriptor `stop` is readable before: false then.
  /// Throws std::runtime_error where that takes too long, too.
  bool start(int stop = -1);
  /// The process of the Erlang virtual machine, from launch() on.
  pid_t pid() const { return node_; }
  /// Readable from when the node launched last has ended.
  int end_fd() const { return node_end_.get(); }
  /// SIGKILL.
  void kill();
  /// How long the last start() took.
  std::chrono::milliseconds start_time() const { return start_time_; }

  /// Waits until the node would find that queue again after a kill: it writes the list of its quorum queues
  /// (names.dets) some seconds late, and starts one that is not in it anew, empty, without a word. Throws
  /// std::runtime_error where it does not come.
  void wait_until_on_disk(const std::string& queue) const;
  /// The end of what the node has said.
  std::string log() const;

 private:
  void start_epmd();
  std::vector<std::string> environment() const;

  PrivateBrokerOptions options_;
  os::ScratchFolder folder_;
  os::HeldPorts ports_;  // until they are needed
  std::uint16_t distribution_port_;
  std::uint16_t epmd_port_;
  pid_t epmd_ = -1;
  pid_t node_ = -1;
  os::Descriptor node_end_;
  std::chrono::milliseconds start_time_{0};
};

}  // namespace threadmill::harness
