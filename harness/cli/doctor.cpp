#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/option_values.h"
#include "harness/cli/verbs.h"
#include "harness/doctor/diagnosis.h"
#include "harness/errors.h"
#include "harness/json_output.h"

namespace threadmill::harness {

void add_doctor(CLI::App& app, CommandLine& line) {
  auto* verb = app.add_subcommand(
      "doctor", "Look for what hurts a measurement on this machine, and tell the command that mends it");
  auto as_json = std::make_shared<bool>(false);
  add_json(*verb, *as_json, "what was found (harness/doctor/findings.schema.json describes it)");
  verb->footer(
      "problem: figures measured here mislead, or a shipped scenario cannot run; warning: figures are "
      "noisier "
      "than\n"
      "they need be, or differ from those of other machines; unknown: the machine does not tell.\n"
      "Exits with 0 when nothing is a problem (warnings do not count), with 1 when something is.\n"
      "It changes nothing. It takes half a second, in which the machine should be as it will be when you "
      "measure.");
  verb->callback([&line, as_json] {
    const auto diagnoses = doctor::diagnose(doctor::look_at_machine());
    if (*as_json) {
      print_json(doctor::to_json(diagnoses));
    } else {
      fmt::print("{}", doctor::to_text(diagnoses));
    }
    line.exit_code = doctor::problems_of(diagnoses).empty() ? kDone : kFailed;
  });
}

}  // namespace threadmill::harness
