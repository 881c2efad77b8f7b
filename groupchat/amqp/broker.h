#pragma once
// Where a RabbitMQ broker is, and how talking with it fails.

#include <cstdint>
#include <stdexcept>
#include <string>

namespace threadmill::groupchat {

/// The broker cannot be reached, or does not do what it was asked; the message says what, and names its
/// address.
class BrokerError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct BrokerAddress {
  std::string host;
  std::uint16_t port = 5672;
  std::string user = "guest";
  std::string password = "guest";  ///< RabbitMQ's own, good over loopback only
  std::string virtual_host = "/";

  /// "127.0.0.1:5672", for messages.
  std::string to_string() const;
};

/// Connects, logs in, and leaves again. Throws BrokerError where the broker does not let it.
void try_login(const BrokerAddress& address);

/// Reads amqp://[USER[:PASSWORD]@]HOST[:PORT][/VIRTUAL_HOST]. Throws std::invalid_argument that says what is
/// wrong, without the password.
BrokerAddress broker_from(const std::string& url);

}  // namespace threadmill::groupchat
