#include "loadgen/pubsub_protocol.h"

namespace threadmill::load {
namespace {

std::unique_ptr<PubsubProtocol> make(PubsubWire protocol, const Target& target, bool confirm,
                                     const Absence& absence) {
  switch (protocol) {
    case PubsubWire::resp:
      break;
    case PubsubWire::sse:
      return sse_pubsub(target);
    case PubsubWire::nats:
      return nats_pubsub();
    case PubsubWire::rooms:
      return room_pubsub();
    case PubsubWire::amqp:
      return amqp_pubsub(absence);
  }
  return confirm ? confirmed_resp_pubsub() : resp_pubsub();
}

}  // namespace

bool is_text_only(PubsubWire protocol) {
  // Not asked, as a build may not have it: scenarios are read all the same.
  return protocol != PubsubWire::amqp && make(protocol, {}, false, {})->text_only();
}

std::unique_ptr<PubsubProtocol> make_pubsub_protocol(const Plan& plan) {
  return make(plan.pubsub.protocol, plan.target, plan.pubsub.confirm, plan.absence);
}

}  // namespace threadmill::load
