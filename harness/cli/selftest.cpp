#include "harness/selftest/selftest.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/option_values.h"
#include "harness/cli/verbs.h"
#include "harness/errors.h"
#include "harness/json_output.h"
#include "harness/machine/cpu_plan.h"
#include "harness/process/child_process.h"
#include "harness/trial/trial_failure.h"

namespace threadmill::harness {
namespace {

struct SelftestRequest {
  bool brief = false;
  bool as_json = false;
};

int selftest(const SelftestRequest& request) {
  const auto cpus = plan_cpus();
  become_guardian();
  fmt::print(stderr, "{}\n", cpus.describe());
  EventLoop loop;
  try {
    const auto result = run_selftest(loop, cpus, request.brief ? SelftestLength::brief : SelftestLength::full,
                                     [](const std::string& line) { fmt::print(stderr, "  {}\n", line); });
    if (request.as_json) {
      print_json(result);
    } else {
      fmt::print("{}", selftest_text(result));
    }
    return kDone;
  } catch (const TrialFailure& failure) {
    kill_leftover_children();
    fmt::print(stderr, "threadmill: the self-test failed: {}\n", failure.what());
    return kFailed;
  }
}

}  // namespace

void add_selftest(CLI::App& app, CommandLine& line) {
  auto* verb = app.add_subcommand(
      "selftest", "Measure the load generator itself on this machine, against the kernel's timestamps");
  auto request = std::make_shared<SelftestRequest>();
  verb->add_flag("--brief", request->brief,
                 "Only what every run measures: two seconds instead of three minutes");
  add_json(*verb, request->as_json, "the figures");
  verb->footer(
      "A reference server answers after known times (constant, two-valued, exponential) and stops now and "
      "then;\n"
      "what the generator reports is set beside what the kernel stamped on the same packets. Run it on a "
      "quiet "
      "machine.");
  verb->callback([&line, request] { line.exit_code = selftest(*request); });
}

}  // namespace threadmill::harness
