// In builds without librabbitmq.

#include <stdexcept>

#include "loadgen/pubsub_protocol.h"

namespace threadmill::load {

bool has_amqp() { return false; }

std::unique_ptr<PubsubProtocol> amqp_pubsub(const Absence& /*absence*/) {
  throw std::runtime_error(
      "this build does not speak AMQP: install librabbitmq-dev (Debian) and build again");
}

}  // namespace threadmill::load
