#include "servers/cli/arguments.h"

#include <fmt/ranges.h>

#include <vector>

#include "servers/cli/model_names.h"
#include "servers/staged/staging.h"

namespace threadmill::servers {
namespace {

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
                     traits.shards ? " --loops: several." : "");
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

void add_cluster_option(CLI::App& app, Arguments& arguments) {
  app.add_option(
      "--cluster", arguments.cluster,
      fmt::format(
          "chat, web: the addresses of NATS servers with JetStream, nats://HOST:PORT with commas "
          "between them. "
          "Topics go through a log that they keep (three copies of it where three or more are named, else "
          "one), and all servers that name them have the same ones; "
          "a message is confirmed once it is there. For the model {}; there are no rooms then",
          models_that([](const ModelTraits& each) { return each.clusters; })));
}

void add_chat_options(CLI::App& app, Arguments& arguments) {
  app.add_option("--history", arguments.options.history_messages, "chat: messages kept for each room")
      ->check(CLI::Range(std::size_t{0}, std::size_t{10'000}))
      ->capture_default_str();
  app.add_option(
      "--journal", arguments.journal,
      "chat: a folder where the messages of rooms are kept across a restart, as many as --history says; a "
      "message is confirmed once it is there");
  app.add_option("--journal-sync", arguments.journal_sync,
                 "When the journal counts a message as kept: always (each one is forced to the disk by "
                 "itself), turn (what arrived "
                 "together is forced together) or none (it outlives the process, but not a power cut)")
      ->check(CLI::IsMember({"always", "turn", "none"}))
      ->capture_default_str();
  app.add_option("--log", arguments.log,
                 "connections: say on standard error how many are active whenever one opens or closes (the "
                 "model bare-epoll "
                 "says nothing)")
      ->check(CLI::IsMember({"connections"}));
}

void add_web_options(CLI::App& app, Arguments& arguments) {
  app.add_option(
      "--web", arguments.web_port,
      fmt::format(
          "Beside --service chat: a port of the same process for HTTP clients of the same topics, and a "
          "chat page; 0 takes a free one. For the model {}",
          models_that([](const ModelTraits& each) { return serves(each, "web"); })));
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

/// What only experiments ask for.
void add_staged_options(CLI::App& app, Arguments& arguments) {
  app.add_option("--work", arguments.work,
                 "TIME:SHARE, as in 5ms:1%: that share of the requests (batches of bytes, evenly spread over "
                 "the clients) takes so much CPU time more in its handler");
  app.add_option("--fault", arguments.fault,
                 fmt::format("crash: the handler of a client that sends the line {} crashes",
                             kCrashTrigger.substr(0, kCrashTrigger.size() - 2)));
}

}  // namespace

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
                 "delay:200us; the default is that of the model and of --distribute");
  app.add_option(
      "--distribute", arguments.distribution,
      fmt::format(
          "Who writes a publication to the subscribers of its topic: batch (the loop, once a turn, all that "
          "is "
          "new in one piece), broadcast (the loop, at once, to each in turn) or writers (a thread for each "
          "subscriber); for the model {}",
          models_that([](const ModelTraits& each) { return !each.distributions.empty(); })));
  app.add_option("--loops", options.loops,
                 fmt::format("Event loops, each on its own thread; for the model {}. Several have no web",
                             models_that([](const ModelTraits& each) { return each.shards; })))
      ->check(CLI::Range(std::size_t{1}, kMostLoops))
      ->capture_default_str();
  app.add_option(
         "--shard", arguments.sharding,
         "How clients come to one of several loops: reuseport (the kernel deals them out) or handoff (the "
         "first loop accepts for all); default reuseport")
      ->check(CLI::IsMember({"reuseport", "handoff"}));
  app.add_option("--workers", options.workers,
                 "Threads or processes that serve clients, for the models that have a pool of them; 0: one "
                 "for each CPU of the server or, where each serves one client at a time, 8 that stand ready")
      ->check(CLI::Range(std::size_t{0}, kMostWorkers))
      ->capture_default_str();
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
  app.add_option("--outbox", options.outbox_bytes,
                 "Bytes that may wait for one connection, and for one of several loops from the others; "
                 "where a child "
                 "process serves the client, a little more than as much again there")
      ->check(CLI::Range(std::size_t{1024}, std::size_t{1} << 30))
      ->capture_default_str();
  app.add_option("--slow-consumer", arguments.slow_consumer,
                 "What happens to a subscriber whose outbox is full: disconnect, or drop what does not fit; "
                 "both are counted. An event stream is always disconnected, for it can resume")
      ->check(CLI::IsMember({"disconnect", "drop"}))
      ->capture_default_str();
  add_chat_options(app, arguments);
  add_web_options(app, arguments);
  add_cluster_option(app, arguments);
  add_staged_options(app, arguments);
  add_burn_option(app, arguments.burn);
  app.footer(model_list());
}

}  // namespace threadmill::servers
