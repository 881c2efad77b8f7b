#include "loadgen/pubsub_protocol.h"

namespace threadmill::load {

std::unique_ptr<PubsubProtocol> make_pubsub_protocol(const Plan& plan) {
  switch (plan.pubsub.protocol) {
    case PubsubWire::resp:
      break;
    case PubsubWire::sse:
      return sse_pubsub(plan.target);
    case PubsubWire::nats:
      return nats_pubsub();
  }
  return plan.pubsub.confirm ? confirmed_resp_pubsub() : resp_pubsub();
}

}  // namespace threadmill::load
