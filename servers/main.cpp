// threadmill-server: one service, one concurrency model, one process family.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

#include "os/descriptor_limit.h"
#include "servers/cli/arguments.h"
#include "servers/cli/ready_line.h"
#include "servers/cluster/clustered_topics.h"
#include "servers/core/event_history.h"
#include "servers/core/service.h"
#include "servers/journal/journal.h"
#include "servers/net/connection_log.h"
#include "servers/net/listener.h"
#include "servers/net/loop_acceptor.h"
#include "servers/net/stop_token.h"
#include "servers/staged/staging.h"

namespace {

using namespace threadmill::servers;

constexpr int kFailed = 1;
constexpr int kBadArguments = 2;

/// Before anybody is told that the server is ready.
void check_machine(const Model& model) {
  const std::string missing = model.missing == nullptr ? std::string() : model.missing();
  if (!missing.empty()) throw std::runtime_error(fmt::format("--model {}: {}", model.traits.name, missing));
}

JournalSync sync_of(const std::string& name) {
  if (name == "always") return JournalSync::always;
  return name == "none" ? JournalSync::none : JournalSync::turn;
}

std::unique_ptr<Journal> open_in(const std::string& folder, JournalSync sync) {
  try {
    return std::make_unique<Journal>(folder, sync);
  } catch (const std::system_error& error) {
    throw std::runtime_error(
        fmt::format("--journal {}: {}; give a folder that can be written", folder, error.what()));
  }
}

/// Before anybody is told that the server is ready. Null where none is asked for.
std::unique_ptr<Journal> open_journal(const Arguments& arguments) {
  if (!arguments.journal) return nullptr;
  if (arguments.service != "chat") {
    throw std::invalid_argument(
        fmt::format("--journal: service {} has no rooms; give --service chat", arguments.service));
  }
  auto journal = open_in(*arguments.journal, sync_of(arguments.journal_sync));
  if (journal->cut_bytes() > 0) {
    fmt::print(stderr, "threadmill-server: {}: a torn record at its end was cut off, {} bytes\n",
               journal->path().string(), journal->cut_bytes());
  }
  return journal;
}

/// The service called so, with all that its sessions are to do on purpose.
std::unique_ptr<Service> service_of(const Arguments& arguments, const std::string& name) {
  const auto work = arguments.work.empty() ? HandlerWork{} : parse_work(arguments.work);
  const auto fault = arguments.fault.empty() ? Fault::none : parse_fault(arguments.fault);
  return staged(make_service(name, arguments.options), work, fault);
}

/// Before anybody is told that the server is ready. Null where none is asked for. Starts threads.
std::unique_ptr<ReplicatedLog> open_log(const Arguments& arguments) {
  if (!arguments.cluster) return nullptr;
  auto log = open_replicated_log(*arguments.cluster);
  const std::size_t limit = longest_request(log->entry_limit_bytes());
  if (arguments.options.max_message_bytes > limit) {
    throw std::invalid_argument(
        fmt::format("--max-message {}: the NATS servers of --cluster take {} at most; give that, or have "
                    "their max_payload larger",
                    arguments.options.max_message_bytes, limit));
  }
  return log;
}

/// Shared by what serves clients in this process, or numbered by the log; null where neither is so.
std::shared_ptr<EventHistory> events_of(const Arguments& arguments) {
  const bool two_doors = arguments.web_port.has_value();
  const auto* log = arguments.options.replicated_log;
  if (log != nullptr && (two_doors || arguments.service == "web")) return history_numbered_by(*log);
  return two_doors ? std::make_shared<EventHistory>() : nullptr;
}

/// The web beside the chat.
struct Gateway {
  explicit Gateway(const Arguments& arguments)
      : service(service_of(arguments, "web")),
        listener(arguments.address, *arguments.web_port, arguments.options.backlog, "--web"),
        door(listener, *service) {}
  std::unique_ptr<Service> service;
  Listener listener;
  SecondDoor door;
};

int serve(Arguments& arguments) {
  const Model& model = resolve(arguments);
  check_machine(model);
  threadmill::os::raise_descriptor_limit();
  const StopToken stop;
  const auto log = open_log(arguments);
  arguments.options.replicated_log = log.get();
  arguments.options.events = events_of(arguments);
  const auto service = with_burn(service_of(arguments, arguments.service), arguments.burn);
  const auto journal = open_journal(arguments);
  arguments.options.journal = journal.get();
  ConnectionLog connection_log;
  if (!arguments.log.empty()) arguments.options.connection_log = &connection_log;
  Listener listener(arguments.address, arguments.port, arguments.options.backlog);
  std::optional<Gateway> gateway;
  if (arguments.web_port) gateway.emplace(arguments);
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
