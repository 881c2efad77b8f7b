#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/option_values.h"
#include "harness/cli/verbs.h"
#include "harness/errors.h"
#include "harness/json_output.h"
#include "harness/suggest.h"
#include "plots/difference/compare_json.h"
#include "plots/difference/compare_table.h"
#include "plots/text/text.h"
#include "results/comparison/change.h"
#include "results/file/json_access.h"
#include "results/file/store.h"

namespace threadmill::harness {
namespace {

using Names = std::vector<std::string>;

/// More lines of reasons than these are no message that anybody reads.
constexpr std::size_t kMostReasons = 5;

struct CompareRequest {
  Names files;
  Names metrics;
  Names scenarios;
  Names subjects;
  bool json = false;
};

/// What files offer, for messages.
struct Known {
  Names scenarios;
  Names subjects;
};

void add_once(Names& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

Known known_in(const std::vector<results::ResultFile>& files) {
  Known known;
  for (const auto& file : files) {
    for (const auto& scenario : file.scenarios)
      add_once(known.scenarios, results::text_at(scenario, "/name"));
    for (const auto& trial : file.trials) add_once(known.subjects, results::text_at(trial, "/subject"));
  }
  return known;
}

void check_names(const char* option, const char* kind, const Names& names, const Names& known) {
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw InputError(fmt::format("{}: {}", option, unknown_name_message(kind, name, known)));
  }
}

std::vector<results::Metric> metrics_of(const Names& names) {
  Names known;
  for (const auto& traits : results::metrics()) known.emplace_back(traits.name);
  check_names("--metric", "metric", names, known);
  std::vector<results::Metric> metrics;
  for (const std::string& name : names) metrics.push_back(*results::find_metric(name));
  return metrics;
}

void check_sides(const CompareRequest& request) {
  if (request.subjects.empty() && request.files.size() < 2)
    throw InputError(
        fmt::format("{}: is one file; give a second one, or two subjects of it with --subjects A,B",
                    request.files.front()));
  if (!request.subjects.empty() && request.files.size() > 1)
    throw InputError("--subjects: compares subjects within one file; leave it out, or give one file");
  if (request.subjects.size() == 1)
    throw InputError(
        fmt::format("--subjects {}: is one; name two, separated by a comma", request.subjects.front()));
}

std::vector<results::ResultFile> read(const Names& paths) {
  std::vector<results::ResultFile> files;
  try {
    for (const std::string& path : paths) files.push_back(results::read_result_file(path));
  } catch (const results::ResultError& error) {
    throw InputError(error.what());
  }
  return files;
}

/// Each once, though the first run is in every table.
Names warnings_of(const std::vector<results::ChangeTable>& tables) {
  Names warnings;
  for (const auto& table : tables)
    for (const std::string& warning : table.warnings) add_once(warnings, warning);
  return warnings;
}

/// Throws where nothing at all could be put side by side, with the reasons.
void check_something_in_common(const std::vector<results::ChangeTable>& tables) {
  Names reasons;
  for (const auto& table : tables) {
    if (!table.metrics.empty()) return;
    for (const std::string& reason : table.not_compared) add_once(reasons, reason);
  }
  if (reasons.empty())
    reasons.emplace_back("no scenario was run; of sweeps, `threadmill report` shows several");
  if (reasons.size() > kMostReasons) {
    reasons[kMostReasons - 1] = fmt::format("and {} more", reasons.size() - kMostReasons + 1);
    reasons.resize(kMostReasons);
  }
  std::string message =
      fmt::format("{} and {} have nothing in common that could be compared:", tables[0].first,
                  tables.size() == 1 ? tables[0].second : "the others");
  for (const std::string& reason : reasons) message += "\n  " + plots::plain(reason, 400);
  throw InputError(message);
}

int compare(CompareRequest request) {
  check_each_given_once(request.files);
  request.metrics = names_in(request.metrics, "--metric");
  request.scenarios = names_in(request.scenarios, "--scenario");
  request.subjects = names_in(request.subjects, "--subjects");
  check_sides(request);
  const results::ChangeOptions options{metrics_of(request.metrics), request.scenarios};
  const auto files = read(request.files);
  const Known known = known_in(files);
  check_names("--scenario", "scenario", request.scenarios, known.scenarios);
  check_names("--subjects", "subject", request.subjects, known.subjects);
  const auto tables = request.subjects.empty()
                          ? results::changes_between_runs(files, options)
                          : results::changes_between_subjects(files.front(), request.subjects, options);
  check_something_in_common(tables);
  for (const std::string& warning : warnings_of(tables))
    fmt::print(stderr, "threadmill: warning: {}\n", warning);
  if (request.json) {
    print_json(plots::compare_json(tables));
  } else {
    fmt::print("{}", plots::compare_table(tables));
  }
  return kDone;
}

}  // namespace

void add_compare(CLI::App& app, CommandLine& line) {
  auto* verb = app.add_subcommand(
      "compare", "Say what differs between runs, or between subjects of one run, and how sure that is");
  auto request = std::make_shared<CompareRequest>();
  verb->add_option("files", request->files, "Result files: each further one is compared with the first")
      ->required()
      ->type_name("FILE.jsonl");
  verb->add_option("--models,--subjects", request->subjects,
                   "Within one file: each further subject is compared with the first, repeat by repeat")
      ->allow_extra_args(false)
      ->type_name("A,B,...");
  verb->add_option(
          "--metric", request->metrics,
          "Only these, separated by commas, named as in trials.csv (default: the rate, CPU time, p50, p99)")
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  verb->add_option("--scenario", request->scenarios, "Only these, separated by commas (default: all)")
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  add_json(*verb, request->json, "the figures");
  verb->footer(
      "Only cells that ran the same load are compared. ~ stands where no difference is found; p-values are\n"
      "corrected for the number of tests (Holm), so ask for few metrics and scenarios when samples are few.\n"
      "Pairs within one file take six repeats for one test, two files four each: ask for --repeats 6.\n"
      "Ends with 0 whatever is found, with 2 where files have nothing in common; `threadmill gate` is the "
      "verb "
      "that fails.");
  verb->callback([&line, request] { line.exit_code = compare(*request); });
}

}  // namespace threadmill::harness
