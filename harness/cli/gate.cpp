#include "harness/blocks/gate.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/gate_outputs.h"
#include "harness/cli/metric_names.h"
#include "harness/cli/option_values.h"
#include "harness/cli/verbs.h"
#include "harness/errors.h"
#include "harness/json_output.h"
#include "plots/gate/gate_json.h"

namespace threadmill::harness {
namespace {

/// What is text on the command line.
struct GateWords {
  std::vector<std::string> metrics;
  std::vector<std::string> models;
  std::vector<std::string> scenarios;
  std::string max_regression = "5%";
  std::string time = "50s";
  std::string precision;
};

void complete(GateRequest& request, const GateWords& words) {
  request.metrics = metrics_with_direction(words.metrics);
  request.models = names_in(words.models, "--models");
  request.scenarios = names_in(words.scenarios, "--scenario");
  request.max_regression = share_from(words.max_regression, "--max-regression");
  request.time_s = seconds_from(words.time, "--time");
  if (!words.precision.empty()) request.precision = share_from(words.precision, "--precision");
}

/// A run is never worse than itself, so that a gate with one file for both would pass whatever is in it.
void check_two_sides(const GateRequest& request) {
  if (request.candidate && is_same_file(*request.candidate, request.baseline))
    throw InputError(
        fmt::format("--candidate {}: is the baseline itself, given twice; name each result file once",
                    request.candidate->string()));
}

/// With `as_json` people read the judgement where the progress is.
int judge(const GateRequest& request, const plots::GateOutputPaths& outputs, bool as_json) {
  check_two_sides(request);
  const GateRun run = gate(request);
  if (run.interrupted) return kInterrupted;
  if (as_json) print_json(plots::gate_json(run.report));
  plots::write_gate_outputs(run.report, outputs, as_json ? stderr : stdout);
  return exit_code_of(run.report.outcome());
}

void add_sides(CLI::App& verb, GateRequest& request) {
  verb.add_option(
          "--baseline", request.baseline,
          "What the candidate may not be worse than: a result file, or another build's threadmill-server, "
          "which then runs beside the candidate")
      ->required()
      ->check(CLI::ExistingFile)
      ->type_name("FILE|PROGRAM");
  auto* candidate = verb.add_option("--candidate", request.candidate,
                                    "A result file; without one, the candidate is measured now")
                        ->type_name("FILE");
  verb.add_option("--server", request.server,
                  "The candidate's server program (default: this build's threadmill-server)")
      ->excludes(candidate)
      ->type_name("PROGRAM");
  verb.add_option("--out", request.out,
                  "Result file to create (default: results/runs/<UTC time>-gate-<scenario>.jsonl)")
      ->excludes(candidate)
      ->type_name("FILE");
}

void add_choices(CLI::App& verb, GateWords& words) {
  verb.add_option("--metric", words.metrics,
                  "What to judge, separated by commas (default: CPU time per request, or per delivery)")
      ->allow_extra_args(false)
      ->type_name("M,...");
  verb.add_option("--models,--subjects", words.models, "Only these of the baseline, separated by commas")
      ->allow_extra_args(false)
      ->type_name("A,B,...");
  verb.add_option("--scenario", words.scenarios,
                  "Only these of the baseline, separated by commas; beside a PROGRAM, those to run (default: "
                  "echo-gate)")
      ->allow_extra_args(false)
      ->type_name("S,...");
}

void add_limits(CLI::App& verb, GateRequest& request, GateWords& words) {
  verb.add_option("--max-regression", words.max_regression,
                  "What a pass has to be shown to stay below. A change that is surely worse, and not shown "
                  "to be below it, "
                  "is a regression too")
      ->capture_default_str()
      ->type_name("SHARE");
  verb.add_option("--time", words.time, "How long measuring may take")
      ->capture_default_str()
      ->type_name("TIME");
  verb.add_option("--precision", words.precision,
                  "Enough as soon as every interval is that tight (default: measure all the time)")
      ->type_name("SHARE");
  verb.add_option("--seed", request.seed, "Seed of the order of trials and of the payloads")
      ->capture_default_str()
      ->check(CLI::Validator(check_seed, ""))
      ->type_name("S");
  verb.add_option("--subject-dir", request.subject_folders,
                  "A further folder of subject files, beside servers/peers; may be given several times")
      ->allow_extra_args(false)
      ->type_name("DIR");
}

}  // namespace

void add_gate(CLI::App& app, CommandLine& line) {
  auto* verb = app.add_subcommand("gate", "Fail when a candidate has become worse than its baseline, for CI");
  auto request = std::make_shared<GateRequest>();
  auto words = std::make_shared<GateWords>();
  auto outputs = std::make_shared<plots::GateOutputPaths>();
  auto as_json = std::make_shared<bool>(false);
  add_sides(*verb, *request);
  add_choices(*verb, *words);
  add_limits(*verb, *request, *words);
  add_gate_output_options(*verb, *outputs);
  add_json(*verb, *as_json, "the judgement (results/schema/gate-v1.schema.json describes it)");
  verb->footer(
      "Record a baseline with: threadmill run gate --out baseline.jsonl --no-report\n"
      "Passed (0): shown to be worse by less than the limit. Regression (3): worse beyond the noise, and not "
      "shown to be\n"
      "below the limit. Inconclusive (4): too noisy to tell; it says what it would need. Invalid (1): trials "
      "of the\n"
      "candidate failed or were wrong. Bad input (2): among others a baseline that does not count.");
  verb->callback([&line, request, words, outputs, as_json] {
    complete(*request, *words);
    request->arguments = line.arguments;
    line.exit_code = judge(*request, *outputs, *as_json);
  });
}

}  // namespace threadmill::harness
