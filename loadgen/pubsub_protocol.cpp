#include "loadgen/pubsub_protocol.h"

namespace threadmill::load {

bool is_text_only(PubsubWire protocol) {
  return protocol == PubsubWire::sse || protocol == PubsubWire::rooms;
}

std::unique_ptr<PubsubProtocol> make_pubsub_protocol(const Plan& plan) {
  switch (plan.pubsub.protocol) {
    case PubsubWire::resp:
      break;
    case PubsubWire::sse:
      return sse_pubsub(plan.target);
    case PubsubWire::nats:
      return nats_pubsub();
    case PubsubWire::rooms:
      return room_pubsub();
  }
  return plan.pubsub.confirm ? confirmed_resp_pubsub() : resp_pubsub();
}

}  // namespace threadmill::load
