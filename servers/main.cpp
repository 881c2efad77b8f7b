// threadmill-server: one service, one concurrency model, one process family.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>

#include "os/descriptor_limit.h"
#include "servers/cli/arguments.h"
#include "servers/cli/ready_line.h"
#include "servers/core/event_history.h"
#include "servers/core/service.h"
#include "servers/journal/journal.h"
#include "servers/net/connection_log.h"
#include "servers/net/listener.h"
#include "servers/net/loop_acceptor.h"
#include "servers/net/stop_token.h"

namespace {

using namespace threadmill::servers;

constexpr int kFailed = 1;
constexpr int kBadArguments = 2;

JournalSync sync_of(const std::string& name) {
  if (name == "always") return JournalSync::always;
  return name == "none" ? JournalSync::none : JournalSync::turn;
}

/// Before anybody is told that the server is ready. Null where none is asked for.
std::unique_ptr<Journal> open_journal(const Arguments& arguments) {
  if (!arguments.journal) return nullptr;
  if (arguments.service != "chat") {
    throw std::invalid_argument(
        fmt::format("--journal: service {} has no rooms; give --service chat", arguments.service));
  }
  auto journal = std::make_unique<Journal>(*arguments.journal, sync_of(arguments.journal_sync));
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
