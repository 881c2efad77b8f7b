#pragma once
// The command line of threadmill-server.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "servers/burn/burn.h"
#include "servers/options.h"
#include "servers/registry.h"

namespace threadmill::servers {

/// As given; `options` is whole once resolve() has looked at the rest.
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
  std::optional<std::string> journal;  ///< a folder
  std::string journal_sync = "turn";
  std::string log;
  std::optional<std::string> cluster;  ///< addresses of the servers that keep the log
  std::string work;                    ///< what handlers burn on purpose; empty: nothing
  std::string fault;                   ///< how a handler fails on purpose; empty: not
  ServeOptions options;
  Burn burn;
};

/// Every option, and the models as the footer of the help.
void add_options(CLI::App& app, Arguments& arguments);

/// Completes `arguments.options`. Throws std::invalid_argument, naming the option and the remedy, where what
/// was asked for cannot go together.
const Model& resolve(Arguments& arguments);

}  // namespace threadmill::servers
