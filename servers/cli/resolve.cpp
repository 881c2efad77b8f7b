// What options mean together.

#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "os/cpu_set.h"
#include "servers/cli/arguments.h"
#include "servers/cli/model_names.h"
#include "servers/core/http_origin.h"
#include "servers/core/outbox.h"
#include "servers/core/service.h"
#include "servers/net/socket_io.h"
#include "servers/staged/staging.h"

namespace threadmill::servers {
namespace {

/// What an option's words stand for; where they stand for nothing, the error says which option it was.
template <typename Parse>
auto value_of(std::string_view option, Parse parse, const std::string& words) {
  try {
    return parse(words);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("{}: {}", option, error.what()));
  }
}

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
    options.distribution = value_of("--distribute", parse_distribution, arguments.distribution);
    if (std::find(ways.begin(), ways.end(), options.distribution) == ways.end()) {
      throw std::invalid_argument(
          fmt::format("--distribute {}: model {} has its one way; leave the option out",
                      arguments.distribution, traits.name));
    }
  }
  if (options.loops > 1 && !traits.shards) {
    const bool has_workers = traits.workers != Workers::none;
    throw std::invalid_argument(
        fmt::format("--loops {}: model {} has no use for it; {}", options.loops, traits.name,
                    has_workers ? fmt::format("give --workers {}", options.loops) : "leave the option out"));
  }
  if (!arguments.sharding.empty() && options.loops == 1)
    throw std::invalid_argument(fmt::format("--shard {}: needs --loops 2 or more", arguments.sharding));
  options.sharding = arguments.sharding == "handoff" ? Sharding::handoff : Sharding::reuseport;
}

void resolve_workers(ServeOptions& options, const ModelTraits& traits) {
  if (options.workers > 0 && traits.workers == Workers::none) {
    throw std::invalid_argument(fmt::format(
        "--workers {}: model {} has no workers; {}", options.workers, traits.name,
        traits.shards ? fmt::format("give --loops {}", options.workers) : "leave the option out"));
  }
  if (options.workers > traits.most_workers) {
    throw std::invalid_argument(fmt::format("--workers {}: model {} has at most {}", options.workers,
                                            traits.name, traits.most_workers));
  }
  if (options.workers > 0) return;
  if (traits.workers == Workers::fixed)
    options.workers = std::min(os::allowed_cpus().size(), traits.most_workers);
  if (traits.workers == Workers::spare) options.workers = kSpareWorkers;
}

/// "; that depends on --distribute: batch has tick or delay, ..."; "" of a model that has its one way.
std::string flushes_by_distribution(const ModelTraits& traits) {
  std::string text;
  for (const auto way : traits.distributions) {
    std::vector<std::string_view> kinds;
    for (const auto kind : flushes_of(traits, way)) kinds.push_back(to_string(kind));
    text += text.empty() ? "; that depends on --distribute: " : ", ";
    text += fmt::format("{} has {}", to_string(way), in_words(kinds));
  }
  return text;
}

/// --flush, once it is known how publications are distributed.
void resolve_flush(Arguments& arguments, const ModelTraits& traits) {
  const auto kinds = flushes_of(traits, arguments.options.distribution);
  auto& flush = arguments.options.flush;
  flush =
      arguments.flush.empty() ? Flush{kinds.front(), {}} : value_of("--flush", parse_flush, arguments.flush);
  if (arguments.flush.empty() && flush.kind == FlushKind::delay) flush.delay = std::chrono::microseconds(200);
  if (std::find(kinds.begin(), kinds.end(), flush.kind) != kinds.end()) return;
  std::vector<std::string_view> names;
  for (const auto kind : kinds) names.push_back(to_string(kind));
  throw std::invalid_argument(fmt::format("--flush {}: model {} has no such way to flush; give {}{}",
                                          arguments.flush, traits.name, in_words(names),
                                          flushes_by_distribution(traits)));
}

/// What is about publications changes nothing where there are none, and has to be no other server by name.
void check_answers_only(const Arguments& arguments, const ModelTraits& traits) {
  if (make_service(arguments.service, arguments.options)->publishes()) return;
  const auto refuse = [&](std::string_view option, std::string_view value) {
    throw std::invalid_argument(
        fmt::format("{} {}: changes nothing for model {} with --service {}, which publishes nothing; "
                    "leave the option out",
                    option, value, traits.name, arguments.service));
  };
  if (!arguments.distribution.empty()) refuse("--distribute", arguments.distribution);
  if (arguments.slow_consumer == "drop") refuse("--slow-consumer", arguments.slow_consumer);
  if (traits.answers_at_once && arguments.options.flush.kind != traits.flushes.front())
    refuse("--flush", arguments.flush);
}

/// One loop holds what the web remembers.
void check_loops(const Arguments& arguments) {
  const auto loops = arguments.options.loops;
  if (loops == 1) return;
  if (arguments.web_port || arguments.service == "web")
    throw std::invalid_argument(
        fmt::format("--loops {}: the web is served by one loop; leave out --loops", loops));
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

/// What one server alone would know of, others that read the same log would not.
void check_cluster(const Arguments& arguments, const ModelTraits& traits) {
  if (!arguments.cluster) return;
  const auto refuse = [](std::string_view reason) {
    throw std::invalid_argument(fmt::format("--cluster: {}", reason));
  };
  if (!traits.clusters) {
    refuse(fmt::format("model {} serves alone; choose {}", traits.name,
                       models_that([](const ModelTraits& each) { return each.clusters; })));
  }
  if (arguments.service == "echo") refuse("service echo has no topics; give --service chat or web");
  if (arguments.options.loops > 1) refuse("one loop reads the log; leave out --loops");
  if (arguments.options.distribution != Distribution::batch)
    refuse("what comes out of the log is distributed in batches; leave out --distribute");
  if (arguments.journal) refuse("there are no rooms, which a journal is for; leave out --journal");
}

/// A gateway needs a chat beside it, and a model that serves web.
void check_web(const Arguments& arguments, const ModelTraits& traits) {
  if (!arguments.web_port) return;
  if (arguments.service != "chat") {
    throw std::invalid_argument(fmt::format(
        "--web goes with --service chat, not with --service {}; --service web alone needs only --port",
        arguments.service));
  }
  if (!serves(traits, "web")) {
    throw std::invalid_argument(
        fmt::format("--web: model {} has no single event loop to serve it; choose {}", traits.name,
                    models_that([](const ModelTraits& each) { return serves(each, "web"); })));
  }
}

/// What could never match would let nobody in, without a word.
void check_web_names(const WebOptions& web) {
  if (!web.cors_origin.empty() && web.cors_origin != "*" && !is_origin(web.cors_origin)) {
    throw std::invalid_argument(fmt::format(
        "--web-cors {}: no origin; give SCHEME://HOST or SCHEME://HOST:PORT as a browser sends it, "
        "without a path, one only; or * for all",
        web.cors_origin));
  }
  if (!web.host.empty() && !is_host_name(web.host)) {
    throw std::invalid_argument(fmt::format(
        "--web-host {}: no name of a host; give it without a scheme, a port and a path", web.host));
  }
}

/// --work and --fault, which sessions do.
void check_staged(const Arguments& arguments, const ModelTraits& traits) {
  if (!arguments.work.empty()) parse_work(arguments.work);
  if (!arguments.fault.empty()) parse_fault(arguments.fault);
  if (!traits.ceiling || (arguments.work.empty() && arguments.fault.empty())) return;
  throw std::invalid_argument(fmt::format(
      "{}: model {} runs no handlers that could; leave the option out",
      arguments.work.empty() ? "--fault " + arguments.fault : "--work " + arguments.work, traits.name));
}

}  // namespace

const Model& resolve(Arguments& arguments) {
  const Model& model = *find_model(arguments.model);
  const auto& traits = model.traits;
  if (!serves(traits, arguments.service)) {
    throw std::invalid_argument(fmt::format("--service {}: model {} serves only {}", arguments.service,
                                            traits.name, fmt::join(traits.services, ", ")));
  }
  resolve_broker(arguments, traits);
  resolve_flush(arguments, traits);
  resolve_workers(arguments.options, traits);
  check_limits(arguments.options);
  check_web(arguments, traits);
  check_web_names(arguments.options.web);
  check_loops(arguments);
  check_journal(arguments);
  check_cluster(arguments, traits);
  check_answers_only(arguments, traits);
  check_staged(arguments, traits);
  arguments.options.web.heartbeat =
      std::chrono::milliseconds(static_cast<std::int64_t>(arguments.web_heartbeat_s * 1000));
  arguments.options.slow_consumer =
      arguments.slow_consumer == "drop" ? SlowConsumer::drop : SlowConsumer::disconnect;
  return model;
}

}  // namespace threadmill::servers
