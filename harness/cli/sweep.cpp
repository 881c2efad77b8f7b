#include "harness/sweep/sweep.h"

#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <stdexcept>

#include "harness/cli/option_values.h"
#include "harness/cli/run_options.h"
#include "harness/cli/verbs.h"
#include "harness/errors.h"

namespace threadmill::harness {
namespace {

constexpr const char* kDefaultServiceLevel = "p99<5ms";
constexpr results::Level kHighestLevel = 100'000'000;

/// The words of the command line that are not read into the request itself.
struct Words {
  std::string scenario;
  std::vector<std::string> models;
  std::vector<std::string> service_level = {kDefaultServiceLevel};
  std::string over = "rate";
  std::string precision = "5%";
  std::string time_limit;
};

results::ServiceLevel service_level_of(const Words& words) {
  try {
    return results::ServiceLevel::parse(fmt::format("{}", fmt::join(words.service_level, ",")));
  } catch (const std::invalid_argument& error) {
    throw InputError(fmt::format("--slo: {}", error.what()));
  }
}

void complete(SweepRequest& request, const Words& words) {
  request.run.targets = {words.scenario};
  request.run.models = names_in(words.models, "--models");
  request.over = words.over == "rate" ? SweepOver::rate : SweepOver::connections;
  request.service_level = service_level_of(words);
  request.precision = share_from(words.precision, "--precision");
  if (!words.time_limit.empty()) request.time_limit_s = seconds_from(words.time_limit, "--time");
}

void add_search_options(CLI::App& verb, SweepRequest& request, Words& words) {
  verb.add_option(
          "--over", words.over,
          "What is raised: rate (requests a second, at random times where the scenario has no rate) or "
          "connections (subscribers in publish/subscribe)")
      ->capture_default_str()
      ->check(CLI::IsMember({"rate", "connections"}));
  verb.add_option(
          "--slo", words.service_level,
          "The service level: p50, p90, p95, p99, p99.9, p99.99 or max, <, a time; several, by commas or "
          "by giving it again, must all hold. Of response times over a rate, of service times over "
          "connections")
      ->allow_extra_args(false)
      ->default_str(kDefaultServiceLevel)
      ->type_name("P<TIME");
  verb.add_option("--max-errors", request.max_errors,
                  "Errors and messages lost, corrupt, repeated or reordered that a probe may have")
      ->capture_default_str()
      ->check(CLI::Validator(check_seed, ""))
      ->type_name("N");
  const std::map<std::string, results::Level> units{{"k", 1'000}, {"M", 1'000'000}};
  for (const auto& [name, level, what] :
       {std::tuple{"--from", &request.from, "Lowest level (default: 1000 a second, 10 connections)"},
        std::tuple{"--to", &request.to, "Highest level (default: 10M a second, 100k connections)"}}) {
    verb.add_option(name, *level, what)
        ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::CASE_SENSITIVE))
        ->check(CLI::Range(results::Level{1}, kHighestLevel))
        ->type_name("N");
  }
  verb.add_option("--precision", words.precision, "How near the two ends of an answer have to be")
      ->capture_default_str()
      ->type_name("SHARE");
  verb.add_option("--time", words.time_limit, "Begin no probe after that time; what is known by then is told")
      ->type_name("TIME");
}

}  // namespace

void add_sweep(CLI::App& app, CommandLine& line) {
  auto* verb = app.add_subcommand("sweep", "Find the load that each model can carry under a service level");
  auto request = std::make_shared<SweepRequest>();
  auto words = std::make_shared<Words>();
  verb->add_option("what", words->scenario, "A scenario by name or by path of a .json file")
      ->required()
      ->type_name("SCENARIO|FILE.json");
  verb->add_option("--models,--subjects", words->models,
                   "These models or foreign subjects, separated by commas (default: those of the scenario)")
      ->allow_extra_args(false)
      ->type_name("A,B,...");
  add_search_options(*verb, *request, *words);
  add_trial_options(
      *verb, request->run,
      "Searches for each model, each with an answer of its own (default: 3; an interval of 95 % takes 6)",
      "Result file to create (default: results/runs/<UTC time>-sweep-<scenario>.jsonl)");
  add_json(*verb, request->run.as_json, "the report (results/schema/report-v1.schema.json describes it)");
  verb->footer(
      "The level is doubled until the service level is violated, then the search narrows. A probe is a trial "
      "of the\n"
      "scenario at that level, for the scenario's time. Where the load generator was the limit, the capacity "
      "is \"at\n"
      "least\" what was met. Ctrl-C keeps the probes that are finished.");
  verb->callback([&line, request, words] {
    complete(*request, *words);
    request->run.arguments = line.arguments;
    line.exit_code = sweep(*request);
  });
}

}  // namespace threadmill::harness
