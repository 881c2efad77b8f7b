#include "harness/selftest/reference_process.h"

#include <fmt/format.h>

#include "harness/locations.h"
#include "harness/trial/server_process.h"
#include "harness/trial/trial_failure.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;

ChildCommand command_of(const std::string& service, std::vector<std::string> more, const os::CpuSet& cpus) {
  ChildCommand command;
  command.argv = {program("threadmill-reference").string(), "--service", service};
  command.argv.insert(command.argv.end(), more.begin(), more.end());
  command.cpus = cpus;
  command.with_stdin = true;
  return command;
}

}  // namespace

ReferenceProcess::ReferenceProcess(EventLoop& loop, const std::string& service,
                                   std::vector<std::string> more_options, const os::CpuSet& cpus)
    : loop_(loop), process_(loop, command_of(service, std::move(more_options), cpus)) {
  port_ = next_line("start").value("port", std::uint16_t{0});
}

std::string ReferenceProcess::describe_exit() const {
  return fmt::format("the reference server {}; its last words: {}",
                     process_.exit() ? process_.exit()->describe() : "closed its output",
                     process_.last_words());
}

json ReferenceProcess::next_line(const char* stage) {
  auto& lines = process_.lines();
  loop_.wait_until([&] { return lines.has_line() || lines.at_end(); }, EventLoop::Clock::now() + kReadyLimit);
  const auto line = lines.next();
  if (!line) throw TrialFailure(stage, describe_exit());
  auto parsed = json::parse(*line, nullptr, false);
  if (!parsed.is_object()) throw TrialFailure(stage, "the reference server printed: " + line->substr(0, 200));
  return parsed;
}

json ReferenceProcess::truth(std::int64_t start_ns, std::int64_t end_ns) {
  process_.send_line(fmt::format("report {} {}", start_ns, end_ns));
  return next_line("load");
}

}  // namespace threadmill::harness
