#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "harness/chat/terminal_chat.h"
#include "harness/cli/verbs.h"
#include "harness/errors.h"
#include "servers/net/stop_token.h"

namespace threadmill::harness {

namespace {

struct ChatArguments {
  std::string connect = "127.0.0.1:6380";
  std::string name;
  std::string room = "sala";
};

/// "127.0.0.1:6380" or "[::1]:6380", digits only: a name could be of another machine than one thinks.
os::SocketAddress address_from(const std::string& text) {
  const auto colon = text.rfind(':');
  std::uint16_t port = 0;
  bool good = colon != std::string::npos && colon + 1 < text.size();
  if (good) {
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data() + colon + 1, last, port);
    good = error == std::errc{} && end == last && port != 0;
  }
  std::string host = good ? text.substr(0, colon) : "";
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  try {
    if (good) return os::SocketAddress(host, port);
  } catch (const std::invalid_argument&) {
  }
  throw InputError(fmt::format(
      "--connect {}: give HOST:PORT with a numeric address, as in 127.0.0.1:6380 or [::1]:6380", text));
}

void run_chat(const ChatArguments& arguments, CommandLine& line) {
  const auto address = address_from(arguments.connect);
  os::Descriptor socket;
  try {
    socket = connect_to(address);
  } catch (const std::system_error& error) {
    throw std::runtime_error(
        fmt::format("{}; start a server with: threadmill serve --model broker --service chat --port {}",
                    error.what(), address.port()));
  }
  const servers::StopToken stop;  // Ctrl-C leaves cleanly too
  Conversation conversation(arguments.name, arguments.room);
  const std::string ended = converse(conversation, socket.get(), STDIN_FILENO, STDOUT_FILENO, stop.fd());
  if (!ended.empty()) throw std::runtime_error(ended);
  line.exit_code = kDone;
}

}  // namespace

void add_chat(CLI::App& app, CommandLine& line) {
  auto* verb = app.add_subcommand("chat", "Talk in the chat rooms of a server, in this terminal");
  const auto arguments = std::make_shared<ChatArguments>();
  verb->add_option("--connect", arguments->connect,
                   "HOST:PORT of a server with --service chat; the host is a number or localhost")
      ->capture_default_str();
  verb->add_option("--name", arguments->name, "How others see you; without one, choose it with /name NAME");
  verb->add_option("--room", arguments->room, "The room to enter first, once you have a name")
      ->capture_default_str();
  verb->footer(
      "/help tells the commands; /quit, sair or Ctrl-C leaves.\nExample: threadmill chat --connect "
      "127.0.0.1:6380 --name ana");
  verb->callback([arguments, &line] { run_chat(*arguments, line); });
}

}  // namespace threadmill::harness
