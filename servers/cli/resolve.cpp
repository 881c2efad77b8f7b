// What options mean together.

#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "servers/cli/arguments.h"
#include "servers/core/outbox.h"
#include "servers/net/socket_io.h"

namespace threadmill::servers {
namespace {

/// An answer may be as long as its request, and what one read brings is answered at once.
void check_limits(const ServeOptions& options) {
  const std::size_t least = options.max_message_bytes + 2 * kReadBytes;
  if (Outbox::chargeable_bytes(options.outbox_bytes) >= least) return;
  throw std::invalid_argument(
      fmt::format("--outbox {}: has to hold the answer to the longest request; give at least {}, or a "
                  "shorter --max-message",
                  options.outbox_bytes, least + least / 15 + 1));
}

/// --distribute, --loops and --shard.
void resolve_broker(Arguments& arguments, const ModelTraits& traits) {
  auto& options = arguments.options;
  const auto& ways = traits.distributions;
  if (!ways.empty()) options.distribution = ways.front();
  if (!arguments.distribution.empty()) {
    options.distribution = parse_distribution(arguments.distribution);
    if (std::find(ways.begin(), ways.end(), options.distribution) == ways.end()) {
      throw std::invalid_argument(
          fmt::format("--distribute {}: model {} has its one way; leave the option out",
                      arguments.distribution, traits.name));
    }
  }
  if (options.loops > 1 && !traits.shards) {
    throw std::invalid_argument(fmt::format(
        "--loops {}: model {} has no use for several; leave the option out", options.loops, traits.name));
  }
  if (!arguments.sharding.empty() && options.loops == 1)
    throw std::invalid_argument(fmt::format("--shard {}: needs --loops 2 or more", arguments.sharding));
  options.sharding = arguments.sharding == "handoff" ? Sharding::handoff : Sharding::reuseport;
}

/// --flush, once it is known how publications are distributed.
void resolve_flush(Arguments& arguments, const ModelTraits& traits) {
  const auto kinds = flushes_of(traits, arguments.options.distribution);
  auto& flush = arguments.options.flush;
  flush = arguments.flush.empty() ? Flush{kinds.front(), {}} : parse_flush(arguments.flush);
  if (arguments.flush.empty() && flush.kind == FlushKind::delay) flush.delay = std::chrono::microseconds(200);
  if (std::find(kinds.begin(), kinds.end(), flush.kind) != kinds.end()) return;
  const char* remedy = traits.distributions.empty()
                           ? ""
                           : "; that depends on --distribute: batch has tick and delay, broadcast has "
                             "immediate, writers have both tick and "
                             "immediate";
  throw std::invalid_argument(
      fmt::format("--flush {}: model {} has no such way to flush{}", arguments.flush, traits.name, remedy));
}

/// One loop holds what the web and the rooms remember.
void check_loops(const Arguments& arguments) {
  const auto loops = arguments.options.loops;
  if (loops == 1) return;
  if (arguments.web_port || arguments.service == "web")
    throw std::invalid_argument(
        fmt::format("--loops {}: the web is served by one loop; leave out --loops", loops));
  if (arguments.journal) {
    throw std::invalid_argument(
        fmt::format("--loops {}: a server of several loops has no rooms, so nothing for --journal to keep; "
                    "leave out one of them",
                    loops));
  }
}

void check_journal(const Arguments& arguments) {
  if (!arguments.journal) return;
  // As where a script's variable is not set: to serve without a journal would confirm what nobody keeps.
  if (arguments.journal->empty()) {
    throw std::invalid_argument(
        "--journal: the folder's name is empty; give a folder, or leave the option out");
  }
  if (arguments.options.history_messages > 0) return;
  throw std::invalid_argument(
      "--journal: keeps as many messages as --history says, which is 0; give --history 1 or more");
}

/// A gateway needs a chat beside it, and a model that serves web.
void check_web(const Arguments& arguments, const ModelTraits& traits) {
  if (!arguments.web_port) return;
  if (arguments.service != "chat") {
    throw std::invalid_argument(fmt::format(
        "--web goes with --service chat, not with --service {}; --service web alone needs only --port",
        arguments.service));
  }
  if (std::find(traits.services.begin(), traits.services.end(), "web") == traits.services.end()) {
    throw std::invalid_argument(fmt::format(
        "--web: model {} has no single event loop to serve it; choose epoll or broker", traits.name));
  }
}

}  // namespace

const Model& resolve(Arguments& arguments) {
  const Model& model = *find_model(arguments.model);
  const auto& traits = model.traits;
  if (std::find(traits.services.begin(), traits.services.end(), arguments.service) == traits.services.end()) {
    throw std::invalid_argument(fmt::format("--service {}: model {} serves only {}", arguments.service,
                                            traits.name, fmt::join(traits.services, ", ")));
  }
  resolve_broker(arguments, traits);
  resolve_flush(arguments, traits);
  check_limits(arguments.options);
  check_web(arguments, traits);
  check_loops(arguments);
  check_journal(arguments);
  arguments.options.web.heartbeat =
      std::chrono::milliseconds(static_cast<std::int64_t>(arguments.web_heartbeat_s * 1000));
  arguments.options.slow_consumer =
      arguments.slow_consumer == "drop" ? SlowConsumer::drop : SlowConsumer::disconnect;
  return model;
}

}  // namespace threadmill::servers
