// In builds without librabbitmq.

#include <stdexcept>

#include "harness/groupchat/own_broker.h"
#include "harness/groupchat/terminal_groupchat.h"

namespace threadmill::harness {

namespace {

constexpr const char* kRemedy =
    "this build cannot talk with RabbitMQ: install librabbitmq-dev (Debian) and configure and build again";

}  // namespace

void talk_in_groups(const GroupchatOptions& /*options*/, int /*input*/, int /*output*/, int /*stop*/) {
  throw std::runtime_error(kRemedy);
}

void run_own_broker(const OwnBrokerOptions& /*options*/, int /*stop*/) { throw std::runtime_error(kRemedy); }

}  // namespace threadmill::harness
