// In builds without librabbitmq.

#include <stdexcept>

#include "harness/groupchat/terminal_groupchat.h"

namespace threadmill::harness {

void talk_in_groups(const GroupchatOptions& /*options*/, int /*input*/, int /*output*/, int /*stop*/) {
  throw std::runtime_error(
      "this build cannot talk with RabbitMQ: install librabbitmq-dev (Debian), and configure and build "
      "again");
}

}  // namespace threadmill::harness
