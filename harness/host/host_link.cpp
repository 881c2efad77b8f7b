#include "harness/host/host_link.h"

#include <fmt/ranges.h>

#include <system_error>
#include <utility>

#include "harness/errors.h"
#include "harness/locations.h"
#include "harness/trial/server_process.h"
#include "harness/trial/trial_failure.h"

namespace threadmill::harness {
namespace {

// For the agent to connect, and the host to say what it is.
constexpr std::chrono::seconds kHelloLimit{30};
// Beyond what the host itself allows for starting and stopping a server; a look at thousands of processes
// takes seconds.
constexpr std::chrono::seconds kAnswerLimit{30};
// Between the last that the agent wrote and its end.
constexpr std::chrono::seconds kAgentEnding{5};
constexpr std::chrono::milliseconds kLookInterval{100};

ChildCommand command_of_agent(const ServerHost& host) {
  ChildCommand command;
  command.argv = host_command(host, program_folder() / "threadmill");
  command.with_stdin = true;
  return command;
}

// As a member is made of it: a program that is not there is a failure of the trial's.
ChildCommand runnable(ChildCommand command) {
  if (is_installed(command.argv.front())) return command;
  throw TrialFailure(
      "start", fmt::format("the agent {} is not installed: install it (Debian: openssh-client has ssh), "
                           "or give another with --rsh COMMAND",
                           command.argv.front()));
}

// What shells exit with where there is no such program, or it is none.
bool says_not_there(const ChildExit& exit) { return exit.status == 127 || exit.status == 126; }

}  // namespace

HostLink::HostLink(EventLoop& loop, const ServerHost& host)
    : loop_(loop), name_(host.name), agent_(loop, runnable(command_of_agent(host))) {
  auto& lines = agent_.lines();
  loop_.wait_for([&] { return lines.has_line() || lines.at_end(); }, kHelloLimit);
  const auto line = lines.next();
  if (!line && lines.at_end()) {
    loop_.wait_for([&] { return agent_.exit().has_value(); }, kAgentEnding);
    const bool not_there = agent_.exit() && says_not_there(*agent_.exit());
    throw TrialFailure("start",
                       fmt::format("cannot start `threadmill host` on {}: {}{}", name_, describe_agent(),
                                   not_there ? " (the same build has to stand at the same path there)" : ""));
  }
  if (!line) {
    throw TrialFailure("start",
                       fmt::format("{} did not answer within {} s of starting its agent; try: {}", name_,
                                   kHelloLimit.count(),
                                   fmt::join(host_command(host, program_folder() / "threadmill"), " ")));
  }
  try {
    facts_ = parse_host_facts(*line);
  } catch (const InputError& error) {
    throw TrialFailure("start", fmt::format("the host {} {}", name_, error.what()));
  }
  watch_ = loop_.repeat(kLookInterval, [this]() -> EventLoop::Clock::duration {
    look_after_agent();
    return kLookInterval;
  });
}

// What an agent that has ended wrote last may still have to be read; what it has started may hold its output
// open for ever.
void HostLink::look_after_agent() {
  agent_.trim_stderr();
  if (agent_.exit()) ++looks_since_agent_;
}

nlohmann::json HostLink::ask(const HostRequest& request, const std::string& stage,
                             std::chrono::milliseconds may_take) {
  if (is_lost()) throw TrialFailure(stage, describe_loss());
  agent_.send_line(to_line(request));
  const std::chrono::milliseconds limit = kAnswerLimit + may_take;
  loop_.wait_for([&] { return is_lost() || answer_.has_value(); }, limit);
  if (answer_) return *std::exchange(answer_, std::nullopt);
  if (is_lost()) throw TrialFailure(stage, describe_loss());
  given_up_ = fmt::format("the host {} did not answer within {} s", name_, limit.count() / 1000);
  throw TrialFailure(stage, given_up_);
}

// One that the host would not write ends the conversation: the rest could not be relied on.
void HostLink::take_lines() {
  while (const auto line = agent_.lines().next()) {
    auto parsed = nlohmann::json::parse(*line, nullptr, false);
    if (!parsed.is_object())
      parsed = {{"failed", {{"stage", "load"}, {"reason", "the host answered: " + line->substr(0, 200)}}}};
    const auto exited = parsed.find("exited");
    if (exited == parsed.end()) {
      answer_ = std::move(parsed);
    } else if (exited->is_string()) {
      exited_ = exited->get<std::string>();
    }
  }
}

const std::optional<std::string>& HostLink::exited() {
  take_lines();
  return exited_;
}

bool HostLink::is_lost() {
  take_lines();
  return agent_.lines().at_end() || looks_since_agent_ >= 5 || !given_up_.empty();
}

std::string HostLink::describe_agent() {
  const auto words = agent_.last_words();
  return fmt::format("its agent {}{}", agent_.exit() ? agent_.exit()->describe() : "closed its output",
                     words.empty() ? "" : "; its last words: " + words);
}

std::string HostLink::describe_loss() {
  if (!given_up_.empty()) return given_up_;
  loop_.wait_for([this] { return agent_.exit().has_value(); }, kAgentEnding);
  return fmt::format("the connection to the host {} is gone: {}", name_, describe_agent());
}

void HostLink::close() {
  agent_.close_stdin();
  loop_.wait_for([this] { return agent_.exit().has_value(); }, kAgentEnding);
  if (!agent_.exit() || agent_.exit()->status == 0) return;
  throw TrialFailure("stop", fmt::format("`threadmill host` on {} ended badly: {}", name_, describe_agent()));
}

HostFacts ask_host(const ServerHost& host) try {
  EventLoop loop;
  return HostLink(loop, host).facts();
} catch (const TrialFailure& failure) {
  throw InputError(fmt::format("--server-host: {}", failure.what()));
}

}  // namespace threadmill::harness
