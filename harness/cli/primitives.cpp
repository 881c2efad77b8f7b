#include "harness/primitives/primitives.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/option_values.h"
#include "harness/cli/verbs.h"
#include "harness/errors.h"
#include "harness/json_output.h"
#include "harness/locations.h"
#include "harness/process/descendants.h"

namespace threadmill::harness {
namespace {

int measure_and_keep(bool as_json) {
  const auto cpus = plan_cpus();
  become_guardian();
  fmt::print(stderr, "measuring for about half a minute, on CPU {} (peers on CPU {})\n", cpus.server.front(),
             cpus.generator.front());
  const auto primitives = measure_primitives(cpus);
  const auto file = keep_primitives(primitives, home_folder());
  as_json ? print_json(primitives) : fmt::print("{}", primitives_text(primitives));
  fmt::print(stderr, "kept, for the cost model of reports of runs to come: {}\n", file.string());
  return kDone;
}

}  // namespace

void add_primitives(CLI::App& app, CommandLine& line) {
  auto* verb = app.add_subcommand(
      "primitives",
      "Measure what the pieces of work cost that servers are made of, for the cost model of reports");
  auto as_json = std::make_shared<bool>(false);
  add_json(*verb, *as_json, "the figures");
  verb->footer(
      "A number behind a name is of bytes (receive, send), of ready sockets (epoll_wait), of sockets looked "
      "at (poll,\n"
      "select), of threads or processes that take turns (switches), of operations in one call (uring_nop).\n"
      "Runs of this machine keep the newest figures in their result files; `run --primitives` measures "
      "anew.");
  verb->callback([&line, as_json] { line.exit_code = measure_and_keep(*as_json); });
}

}  // namespace threadmill::harness
