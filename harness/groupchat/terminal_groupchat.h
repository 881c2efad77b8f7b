#pragma once
// The durable group chat in a terminal, over a RabbitMQ broker.

#include <string>

namespace threadmill::harness {

/// Of the environment, for GroupchatOptions::password.
inline constexpr const char* kPasswordVariable = "THREADMILL_AMQP_PASSWORD";

struct GroupchatOptions {
  std::string url;       ///< amqp://HOST:PORT; the user too, if need be, but no password: others can read it
  std::string password;  ///< "": RabbitMQ's guest
  std::string user;      ///< the member's name, checked
  std::string group;     ///< to enter first; "": none
  std::string history;   ///< a file; "": none
};

/// Passes lines from `input` to the broker and what comes back to `output`, until /quit, the end of input or
/// until `stop` is readable; then waits a while for what is not confirmed. Throws InputError where the URL is
/// wrong, and std::runtime_error where there is no broker, where something was not confirmed, or where this
/// build has no librabbitmq.
void talk_in_groups(const GroupchatOptions& options, int input, int output, int stop);

}  // namespace threadmill::harness
