#pragma once
// An AMQP broker whose every delivery and confirmation the test decides. Only in builds with librabbitmq.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tests/loadgen/fake_broker.h"

namespace threadmill::load {

// What a broker says, as bytes.
std::string amqp_start();
std::string amqp_tune();
std::string amqp_open_ok();
std::string amqp_channel_open_ok();
std::string amqp_exchange_declare_ok();
std::string amqp_queue_delete_ok();
std::string amqp_queue_declare_ok();
std::string amqp_queue_bind_ok();
std::string amqp_qos_ok();
std::string amqp_consume_ok();
std::string amqp_confirm_select_ok();
/// All that comes before the last word to a publisher, or to a subscriber.
std::string amqp_welcome();
std::string amqp_new_queue_ok();
std::string amqp_delivery(std::uint64_t tag, std::string_view topic, std::string_view payload);
std::string amqp_ack(std::uint64_t tag, bool multiple = false);
std::string amqp_nack(std::uint64_t tag, bool multiple = false);
std::string amqp_returned(std::string_view why, std::string_view payload);
std::string amqp_channel_close(std::string_view why);
std::string amqp_connection_close(std::string_view why);
std::string amqp_cancel();
std::string amqp_heartbeat();

/// What subscribers have acknowledged. Written by the server's thread: read it when the run is over.
struct AmqpAcknowledged {
  std::uint64_t deliveries = 0;  ///< by all subscribers
  std::uint64_t methods = 0;     ///< that said so
};

/// What a publisher is answered to its message number `published`, from 1.
using Confirm = std::function<std::string(std::uint64_t published)>;

/// `acknowledged` outlives the server.
FakeServer::Handler amqp_server(Deliver deliver, Confirm confirm,
                                std::shared_ptr<AmqpAcknowledged> acknowledged);

/// A delivery whose tag is right where each subscriber gets each publication once.
inline std::string amqp_message(const Delivered& publication) {
  return amqp_delivery(publication.number + 1, publication.topic, publication.payload);
}

}  // namespace threadmill::load
