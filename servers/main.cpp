// threadmill-server: one service, one concurrency model, one process family.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "os/descriptor_limit.h"
#include "provenance/build_commit.h"
#include "servers/burn/burn.h"
#include "servers/core/event_history.h"
#include "servers/core/service.h"
#include "servers/journal/journal.h"
#include "servers/net/connection_log.h"
#include "servers/net/listener.h"
#include "servers/net/loop_acceptor.h"
#include "servers/net/socket_io.h"
#include "servers/net/stop_token.h"
#include "servers/registry.h"

namespace {

using namespace threadmill::servers;

constexpr int kFailed = 1;
constexpr int kBadArguments = 2;

struct Arguments {
  std::string model;
  std::string service = "echo";
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  std::optional<std::uint16_t> web_port;  ///< of a gateway beside the chat
  double web_heartbeat_s = 15;
  std::string flush;
  std::string distribution;
  std::string sharding;
  std::string slow_consumer = "disconnect";
  std::string journal;
  std::string journal_sync = "turn";
  std::string log;
  ServeOptions options;
  Burn burn;
};

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const auto& model : models()) names.emplace_back(model.traits.name);
  return names;
}

/// What a model offers beside ways to flush; may be nothing.
std::string ways_to_distribute(const ModelTraits& traits) {
  if (traits.distributions.empty()) return {};
  std::vector<std::string_view> names;
  for (const auto way : traits.distributions) names.push_back(to_string(way));
  return fmt::format(" Distribute: {} (default: {}).{}", fmt::join(names, ", "), names.front(),
                     traits.shards ? " Several loops." : "");
}

std::string model_list() {
  std::string text = "Models:\n";
  for (const auto& model : models()) {
    text += fmt::format(
        "  {:<12} {} Services: {}. Flush: {}.{}\n", model.traits.name, model.traits.summary,
        fmt::join(model.traits.services, ", "),
        [&] {
          std::vector<std::string_view> kinds;
          for (const auto kind : model.traits.flushes) kinds.push_back(to_string(kind));
          return fmt::format("{} (default: {})", fmt::join(kinds, ", "), kinds.front());
        }(),
        ways_to_distribute(model.traits));
  }
  return text;
}

void add_chat_options(CLI::App& app, Arguments& arguments) {
  app.add_option("--history", arguments.options.history_messages, "chat: messages kept for each room")
      ->check(CLI::Range(std::size_t{0}, std::size_t{10'000}))
      ->capture_default_str();
  app.add_option(
      "--journal", arguments.journal,
      "chat: a folder where the messages of rooms are kept across a restart; a message is confirmed once "
      "it is there");
  app.add_option(
         "--journal-sync", arguments.journal_sync,
         "When a message is there: always (each one is forced to the disk by itself), turn (what arrived "
         "together is forced together) or none (it outlives the process, but not a power cut)")
      ->check(CLI::IsMember({"always", "turn", "none"}))
      ->capture_default_str();
  app.add_option(
         "--log", arguments.log,
         "connections: say on standard error how many are active whenever one opens or closes (a ceiling "
         "says nothing)")
      ->check(CLI::IsMember({"connections"}));
}

void add_web_options(CLI::App& app, Arguments& arguments) {
  app.add_option(
      "--web", arguments.web_port,
      "Beside --service chat: a port of the same process for HTTP clients of the same topics, and a "
      "chat page; 0 takes a free one. Models epoll and broker");
  app.add_option("--web-cors", arguments.options.web.cors_origin,
                 "An origin whose web pages may use the gateway, as in https://example.org, or * for all; "
                 "without it only its own page may");
  app.add_option("--web-host", arguments.options.web.host,
                 "A host name that clients may ask the gateway for, besides localhost and IP addresses");
  app.add_option("--web-heartbeat", arguments.web_heartbeat_s,
                 "Seconds between signs of life on a silent event stream")
      ->check(CLI::Range(0.01, 3600.0))
      ->capture_default_str();
}

void add_options(CLI::App& app, Arguments& arguments) {
  auto& options = arguments.options;
  app.add_option("--model", arguments.model, "Concurrency model, see the list below")
      ->required()
      ->check(CLI::IsMember(model_names()));
  app.add_option("--service", arguments.service,
                 "echo (RFC 862), chat (RESP2 publish/subscribe) or web (HTTP: REST to "
                 "publish, server-sent events to receive)")
      ->check(CLI::IsMember({"echo", "chat", "web"}))
      ->capture_default_str();
  app.add_option("--address", arguments.address,
                 "Numeric IP address to listen on; the default is reachable from this machine only")
      ->capture_default_str();
  app.add_option("--port", arguments.port, "TCP port; 0 takes a free one")->capture_default_str();
  app.add_option("--flush", arguments.flush,
                 "When waiting bytes are written: immediate, tick (end of a turn) or delay:TIME, as in "
                 "delay:200us; the default is the model's");
  app.add_option(
      "--distribute", arguments.distribution,
      "Who writes a publication to the subscribers of its topic: batch (the loop, once a turn, all that is "
      "new in one piece), broadcast (the loop, at once, to each in turn) or writers (a thread for each "
      "subscriber); for models that have a choice");
  app.add_option("--loops", options.loops, "Event loops, each on its own thread; for models that shard")
      ->check(CLI::Range(std::size_t{1}, kMostLoops))
      ->capture_default_str();
  app.add_option(
         "--shard", arguments.sharding,
         "How clients come to one of several loops: reuseport (the kernel deals them out) or handoff (the "
         "first loop accepts for all); default reuseport")
      ->check(CLI::IsMember({"reuseport", "handoff"}));
  app.add_option("--backlog", options.backlog,
                 "Connections that may wait to be accepted (capped by net.core.somaxconn)")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  app.add_option("--max-connections", options.max_connections, "Clients served at once; more are refused")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000'000}))
      ->capture_default_str();
  app.add_option("--max-message", options.max_message_bytes,
                 "Longest request, in bytes; a longer one gets an error and the connection is closed")
      ->check(CLI::Range(std::size_t{64}, std::size_t{64} << 20))
      ->capture_default_str();
  app.add_option("--outbox", options.outbox_bytes, "Bytes that may wait for one connection")
      ->check(CLI::Range(std::size_t{1024}, std::size_t{1} << 30))
      ->capture_default_str();
  app.add_option("--slow-consumer", arguments.slow_consumer,
                 "What happens to a subscriber whose outbox is full: disconnect, or drop what does not fit; "
                 "both are counted")
      ->check(CLI::IsMember({"disconnect", "drop"}))
      ->capture_default_str();
  add_chat_options(app, arguments);
  add_web_options(app, arguments);
  add_burn_option(app, arguments.burn);
}

/// An answer may be as long as its request, and what one read brings is answered at once.
void check_limits(const ServeOptions& options) {
  const std::size_t least = options.max_message_bytes + 2 * kReadBytes;
  if (options.outbox_bytes >= least) return;
  throw std::invalid_argument(
      fmt::format("--outbox {}: has to hold the answer to the longest request; give at least {}, or a "
                  "shorter --max-message",
                  options.outbox_bytes, least));
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
        fmt::format("--loops {}: the web is served by one loop; leave it out", loops));
  if (!arguments.journal.empty()) {
    throw std::invalid_argument(fmt::format(
        "--loops {}: a server of several loops has no rooms, so nothing for --journal to keep", loops));
  }
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

/// Throws std::invalid_argument where what was asked for cannot go together.
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
  arguments.options.web.heartbeat =
      std::chrono::milliseconds(static_cast<std::int64_t>(arguments.web_heartbeat_s * 1000));
  arguments.options.slow_consumer =
      arguments.slow_consumer == "drop" ? SlowConsumer::drop : SlowConsumer::disconnect;
  return model;
}

void print_line(const nlohmann::ordered_json& line) {
  fmt::print("{}\n", line.dump());
  std::fflush(stdout);
}

/// A ceiling keeps to none of them, so it claims none.
void tell_limits(nlohmann::ordered_json& line, const Arguments& arguments, bool ceiling) {
  if (ceiling) {
    line["ceiling"] = true;
    return;
  }
  line["max_connections"] = arguments.options.max_connections;
  line["max_message_bytes"] = arguments.options.max_message_bytes;
  line["outbox_bytes"] = arguments.options.outbox_bytes;
  line["slow_consumer"] = arguments.slow_consumer;
}

/// Of a model that has a choice.
void tell_distribution(nlohmann::ordered_json& line, const ServeOptions& options, const ModelTraits& traits) {
  if (!traits.distributions.empty()) line["distribute"] = std::string(to_string(options.distribution));
  if (!traits.shards) return;
  line["loops"] = options.loops;
  if (options.loops > 1) line["shard"] = std::string(to_string(options.sharding));
}

/// `web` is null where nobody serves it.
void print_ready(const Arguments& arguments, const Listener& listener, const Listener* web,
                 const ModelTraits& traits) {
  const bool ceiling = traits.ceiling;
  const auto& options = arguments.options;
  nlohmann::ordered_json line = {{"port", listener.address().port()},
                                 {"address", arguments.address},
                                 {"model", arguments.model},
                                 {"service", arguments.service},
                                 {"pid", ::getpid()},
                                 {"flush", to_string(options.flush)},
                                 {"backlog", options.backlog}};
  tell_distribution(line, options, traits);
  if (web != nullptr) line["web_port"] = web->address().port();
  tell_limits(line, arguments, ceiling);
  line["read_buffer_bytes"] = kReadBytes;
  line["tcp_nodelay"] = true;
  line["commit"] = nullptr;
  line["dirty"] = nullptr;
  if (threadmill::kBuildCommit != nullptr) {
    line["commit"] = threadmill::kBuildCommit;
    line["dirty"] = threadmill::kBuildDirty;
  }
  if (!arguments.journal.empty()) line["journal_sync"] = arguments.journal_sync;
  tell_burn(line, arguments.burn, ceiling);
  print_line(line);
}

void print_counts(const ServeCounts& counts) {
  print_line({{"accepted", counts.accepted},
              {"refused", counts.refused},
              {"slow_disconnected", counts.slow_disconnected},
              {"deliveries_dropped", counts.deliveries_dropped}});
}

JournalSync sync_of(const std::string& name) {
  if (name == "always") return JournalSync::always;
  return name == "none" ? JournalSync::none : JournalSync::turn;
}

/// Before anybody is told that the server is ready. Null where none is asked for.
std::unique_ptr<Journal> open_journal(const Arguments& arguments) {
  if (arguments.journal.empty()) return nullptr;
  if (arguments.service != "chat") {
    throw std::invalid_argument(
        fmt::format("--journal: service {} has no rooms; give --service chat", arguments.service));
  }
  auto journal = std::make_unique<Journal>(arguments.journal, sync_of(arguments.journal_sync));
  if (journal->cut_bytes() > 0) {
    fmt::print(stderr, "threadmill-server: {}: a torn record at its end was cut off, {} bytes\n",
               journal->path().string(), journal->cut_bytes());
  }
  return journal;
}
/// The web beside the chat.
struct Gateway {
  explicit Gateway(const Arguments& arguments)
      : service(make_service("web", arguments.options)),
        listener(arguments.address, *arguments.web_port, arguments.options.backlog),
        door(listener, *service) {}
  std::unique_ptr<Service> service;
  Listener listener;
  SecondDoor door;
};

int serve(Arguments& arguments) {
  const Model& model = resolve(arguments);
  threadmill::os::raise_descriptor_limit();
  const bool two_doors = arguments.web_port.has_value();
  if (two_doors) arguments.options.events = std::make_shared<EventHistory>();
  const auto service = with_burn(make_service(arguments.service, arguments.options), arguments.burn);
  const auto journal = open_journal(arguments);
  arguments.options.journal = journal.get();
  ConnectionLog connection_log;
  if (!arguments.log.empty()) arguments.options.connection_log = &connection_log;
  const StopToken stop;
  Listener listener(arguments.address, arguments.port, arguments.options.backlog);
  std::optional<Gateway> gateway;
  if (two_doors) gateway.emplace(arguments);
  if (gateway) arguments.options.second_door = &gateway->door;
  const Listener* web = arguments.service == "web" ? &listener : nullptr;
  if (gateway) web = &gateway->listener;
  print_ready(arguments, listener, web, model.traits);
  print_counts(model.serve(listener, *service, arguments.options, stop));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Serves echo, chat or web with one concurrency model. Prints a JSON line with its port when it is "
      "ready;\n"
      "SIGTERM or SIGINT ends it after what has arrived is answered.",
      "threadmill-server");
  Arguments arguments;
  add_options(app, arguments);
  app.footer(model_list());
  app.set_version_flag("--version", THREADMILL_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kBadArguments;
  }
  try {
    return serve(arguments);
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "threadmill-server: {}\n", error.what());
    return kBadArguments;
  } catch (const std::exception& error) {
    fmt::print(stderr, "threadmill-server: {}\n", error.what());
    return kFailed;
  }
}
