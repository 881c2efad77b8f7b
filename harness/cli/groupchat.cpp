#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <memory>
#include <string>

#include "groupchat/message.h"
#include "harness/cli/verbs.h"
#include "harness/errors.h"
#include "harness/groupchat/own_broker.h"
#include "harness/groupchat/terminal_groupchat.h"
#include "harness/process/descendants.h"
#include "servers/net/stop_token.h"

namespace threadmill::harness {
namespace {

void check_chat_name(const std::string& name, std::string_view option) {
  if (groupchat::is_name(name)) return;
  throw InputError(
      fmt::format("{} {}: give 1 to {} of A-Z a-z 0-9 _ -", option, name, groupchat::kMostNameBytes));
}

void run_groupchat(GroupchatOptions options, CommandLine& line) {
  if (options.user.empty())
    throw InputError(
        "--user is required: how others reach you; or the word 'broker', for a broker of your own");
  check_chat_name(options.user, "--user");
  if (!options.group.empty()) check_chat_name(options.group, "--group");
  if (const char* password = std::getenv(kPasswordVariable)) options.password = password;
  const servers::StopToken stop;  // Ctrl-C leaves cleanly too
  talk_in_groups(options, STDIN_FILENO, STDOUT_FILENO, stop.fd());
  line.exit_code = kDone;
}

void run_broker(const OwnBrokerOptions& options, CommandLine& line) {
  become_guardian();  // a node that outlives us would have lost its folder
  const servers::StopToken stop;
  run_own_broker(options, stop.fd());
  line.exit_code = kDone;
}

void add_broker(CLI::App& verb, CommandLine& line) {
  auto* noun = verb.add_subcommand(
      "broker",
      "Run a RabbitMQ node of your own; when it ends, nothing of it is left, and no message either");
  const auto options = std::make_shared<OwnBrokerOptions>();
  noun->add_option("--port", options->port, "0: one that is free")->capture_default_str();
  noun->add_option("--address", options->address,
                   "Whoever reaches it may log in as guest; what is not 127.* is for networks of your own")
      ->capture_default_str();
  noun->footer(
      "Prints {\"port\": ..., \"victim_pid\": ...} when a client can log in; that process may be killed: a "
      "second "
      "later it is started again, on what it has left on the disk. Ctrl-C ends it.");
  noun->callback([options, &line] { run_broker(*options, line); });
}

}  // namespace

void add_groupchat(CLI::App& app, CommandLine& line) {
  auto* verb = app.add_subcommand(
      "groupchat", "Talk in groups over RabbitMQ, in this terminal; messages wait for who is away");
  const auto options = std::make_shared<GroupchatOptions>();
  options->url = "amqp://127.0.0.1:5672";
  options->group = "sala";
  verb->add_option(
          "--url", options->url,
          fmt::format("amqp://[USER@]HOST[:PORT][/VIRTUAL_HOST] of the broker; the password, where it is not "
                      "RabbitMQ's guest, is in the environment: {}",
                      kPasswordVariable))
      ->capture_default_str();
  verb->add_option("--user", options->user, "How others reach you; your messages wait under that name");
  verb->add_option("--group", options->group, "The group to enter first; '' for none")->capture_default_str();
  verb->add_option(
      "--history", options->history,
      "A file for what you have read: it is shown, and not read again, where this program crashed");
  verb->footer(
      "/help tells the commands; /quit, sair or Ctrl-C leaves, and you stay a member of your groups.\n"
      "Example: threadmill groupchat --user ana --history ana.jsonl");
  add_broker(*verb, line);
  verb->callback([verb, options, &line] {
    if (verb->get_subcommands().empty()) run_groupchat(*options, line);
  });
}

}  // namespace threadmill::harness
