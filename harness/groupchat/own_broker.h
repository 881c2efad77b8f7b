#pragma once
// `threadmill groupchat broker`: a RabbitMQ node for as long as this command runs.

#include <cstdint>
#include <string>

namespace threadmill::harness {

struct OwnBrokerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: one that is free
};

/// Runs a node with RabbitMQ's own defaults on a new temporary folder until `stop` is readable; then nothing
/// of it is left. Prints {"port": ..., "victim_pid": ...} on a line as soon as a client can log in: its
/// Erlang virtual machine, which may be killed. Whenever it dies it is started again a second later, on what
/// it has left. Throws std::runtime_error where it does not start, or where this build has no librabbitmq.
void run_own_broker(const OwnBrokerOptions& options, int stop);

}  // namespace threadmill::harness
