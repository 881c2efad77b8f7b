#include <amqp.h>
#include <fmt/format.h>

#include "groupchat/amqp/broker.h"

namespace threadmill::groupchat {

std::string BrokerAddress::to_string() const { return fmt::format("{}:{}", host, port); }

BrokerAddress broker_from(const std::string& url) {
  std::string taken_apart = url;  // the library writes ends of strings into it
  amqp_connection_info info{};
  amqp_default_connection_info(&info);
  if (amqp_parse_url(taken_apart.data(), &info) != AMQP_STATUS_OK || info.port < 1 || info.port > 65535) {
    throw std::invalid_argument("give amqp://HOST:PORT, as in amqp://127.0.0.1:5672");
  }
  if (info.ssl != 0) throw std::invalid_argument("amqps is not spoken here; give amqp://HOST:PORT");
  return {.host = info.host,
          .port = static_cast<std::uint16_t>(info.port),
          .user = info.user,
          .password = info.password,
          .virtual_host = info.vhost};
}

}  // namespace threadmill::groupchat
