#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/verbs.h"
#include "harness/doctor/diagnosis.h"
#include "harness/errors.h"

namespace threadmill::harness {

void add_doctor(CLI::App& app, CommandLine& line) {
  auto* verb = app.add_subcommand(
      "doctor", "Look for what hurts a measurement on this machine, and tell the command that mends it");
  auto as_json = std::make_shared<bool>(false);
  verb->add_flag("--json", *as_json,
                 "As a JSON array, for programs: check, verdict, found, why, remedy (or null) of each; "
                 "harness/doctor/findings.schema.json describes it");
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
      fmt::print("{}\n",
                 doctor::to_json(diagnoses).dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    } else {
      fmt::print("{}", doctor::to_text(diagnoses));
    }
    line.exit_code = doctor::problems_of(diagnoses).empty() ? kDone : kFailed;
  });
}

}  // namespace threadmill::harness
