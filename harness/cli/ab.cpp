#include "harness/blocks/ab.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/metric_names.h"
#include "harness/cli/option_values.h"
#include "harness/cli/verbs.h"

namespace threadmill::harness {
namespace {

/// What is text on the command line.
struct AbWords {
  std::vector<std::string> metrics;
  std::string precision = "2%";
  std::string time = "60s";
};

void complete(AbRequest& request, const AbWords& words) {
  request.metrics = metrics_with_direction(words.metrics);
  request.precision = share_from(words.precision, "--precision");
  request.time_s = seconds_from(words.time, "--time");
}

void add_sides(CLI::App& verb, AbRequest& request) {
  verb.add_option("--a", request.a,
                  "One side: a name of `list models`, or MODEL@PROGRAM, another build's server")
      ->required()
      ->type_name("SUBJECT");
  verb.add_option("--b", request.b, "The other side; ratios are b / a. The same name twice is an A/A control")
      ->required()
      ->type_name("SUBJECT");
  verb.add_option("--scenario", request.scenario, "What both are asked to do: a name, or a .json file")
      ->capture_default_str()
      ->type_name("SCENARIO|FILE.json");
}

void add_limits(CLI::App& verb, AbRequest& request, AbWords& words) {
  verb.add_option(
          "--metric", words.metrics,
          "What to compare, separated by commas; the first one's precision ends it (default: CPU time per "
          "request or delivery, the rate where it is not set, latency)")
      ->allow_extra_args(false)
      ->type_name("M,...");
  verb.add_option("--precision", words.precision,
                  "How tight the interval of the first metric's ratio has to be")
      ->capture_default_str()
      ->type_name("SHARE");
  verb.add_option("--time", words.time, "How long it may take")->capture_default_str()->type_name("TIME");
  verb.add_option("--seed", request.seed, "Seed of the order of trials and of the payloads")
      ->capture_default_str()
      ->check(CLI::Validator(check_seed, ""))
      ->type_name("S");
}

}  // namespace

void add_ab(CLI::App& app, CommandLine& line) {
  auto* verb =
      app.add_subcommand("ab", "Run two subjects beside each other until it is clear how they differ");
  auto request = std::make_shared<AbRequest>();
  auto words = std::make_shared<AbWords>();
  add_sides(*verb, *request);
  add_limits(*verb, *request, *words);
  verb->add_option("--out", request->out,
                   "Result file to create (default: results/runs/<UTC time>-ab-<scenario>.jsonl)")
      ->type_name("FILE");
  verb->add_option("--subject-dir", request->subject_folders,
                   "A further folder of subject files, beside servers/peers; may be given several times")
      ->allow_extra_args(false)
      ->type_name("DIR");
  add_json(*verb, request->as_json, "the figures");
  verb->footer(
      "Blocks of four short trials (a b, b a, in a seeded order) until the interval is as tight as asked or "
      "the time is\n"
      "up. Exits with 0 when it is, 4 when the time was up before, 1 when a side's trials do not count.");
  verb->callback([&line, request, words] {
    complete(*request, *words);
    request->arguments = line.arguments;
    line.exit_code = ab(*request);
  });
}

}  // namespace threadmill::harness
