#include "harness/catalogue/study.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/run_options.h"
#include "harness/cli/verbs.h"
#include "harness/locations.h"
#include "harness/runs/run.h"

namespace threadmill::harness {
namespace {

std::string names_of_studies() {
  std::string text = "Studies:\n";
  for (const auto& study : read_studies(home_folder() / "harness/studies"))
    text += fmt::format("  {:<20}{}\n", study.name, study.title);
  return text +
         "Runs the scenarios of a source's own experiment and says which of its claims are confirmed, "
         "refuted "
         "or not\n"
         "decided here, each with the number that decides. Peers that this machine does not have are left "
         "out, and that\n"
         "is told. An interrupted study goes on with `threadmill run --resume FILE`.";
}

}  // namespace

void add_study(CLI::App& app, CommandLine& line) {
  auto* verb = app.add_subcommand("study", "Run a source's own experiment and judge its claims");
  auto request = std::make_shared<RunRequest>();
  add_study_arguments(*verb, *request);
  verb->footer(names_of_studies);
  verb->callback([&line, request] {
    request->arguments = line.arguments;
    line.exit_code = run(*request);
  });
}

}  // namespace threadmill::harness
