#include "harness/runs/run.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/option_values.h"
#include "harness/cli/run_options.h"
#include "harness/cli/verbs.h"
#include "harness/errors.h"
#include "harness/locations.h"
#include "harness/runs/plan_text.h"
#include "results/file/json_access.h"

namespace threadmill::harness {

namespace {

/// What can be asked of `threadmill run`: on a command line, and in the arguments that a result file keeps.
struct RunOptions {
  RunRequest request;
  std::vector<std::string> models;
  std::optional<std::filesystem::path> resume;
  bool dry_run = false;

  void add_to(CLI::App& verb);
  RunRequest finish() {
    request.models = names_in(models, "--models");
    return request;
  }
};

void RunOptions::add_to(CLI::App& verb) {
  verb.add_option("what", request.targets,
                  "A suite, or scenarios by name or by path of a .json file (default: the suite quick)")
      ->type_name("SUITE|SCENARIO|FILE.json");
  verb.add_option("--models,--subjects", models,
                  "Only these models or foreign subjects, separated by commas; a model may be given a way to "
                  "flush, as "
                  "broker:delay:200us (default: those of each scenario)")
      ->allow_extra_args(false)
      ->type_name("A,B,...");
  add_trial_options(
      verb, request,
      "Trials of each subject in each scenario (default: the suite's, or 4); even numbers keep the "
      "order balanced",
      "Result file to create (default: results/runs/<UTC time>-<suite or scenario>.jsonl); the "
      "report goes into the folder beside it of the same name");
  add_instrument_options(verb, request);
  auto* dry =
      verb.add_flag("--dry-run", dry_run, "Print what would be run and how long it takes; run nothing");
  verb.add_option("--resume", resume,
                  "Go on with an interrupted run: its result file says what was asked for. Trials that it "
                  "has, failed ones too, are not repeated")
      ->excludes(dry)
      ->type_name("FILE");
}

RunRequest kept_request(const results::ResultFile& file) {
  const auto* kept = results::find_at(file.header, "/run/arguments");
  std::vector<std::string> words;
  for (const auto& word : kept == nullptr ? nlohmann::json::array() : *kept) {
    if (word.is_string()) words.push_back(word);
  }
  std::reverse(words.begin(), words.end());  // as CLI11 wants them
  CLI::App app;
  RunOptions options;
  options.add_to(*app.add_subcommand("run"));
  add_study_arguments(*app.add_subcommand("study"), options.request);
  try {
    app.require_subcommand(1);
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    throw InputError(fmt::format("--resume {}: it keeps arguments that this threadmill does not take: {}",
                                 file.path.string(), error.what()));
  }
  auto request = options.finish();
  // A suite may have got other repeats since, and defaults may have changed.
  const auto* seed = results::find_at(file.header, "/run/seed");
  if (seed != nullptr && seed->is_number_unsigned()) request.seed = seed->get<std::uint64_t>();
  if (const auto repeats = results::number_at(file.header, "/run/repeats"))
    request.repeats = static_cast<int>(*repeats);
  request.out = file.path;
  if (const auto* missing = results::find_at(file.header, "/run/missing"))
    request.missing = missing->get<std::vector<std::string>>();
  return request;
}

// What stands beside --resume may repeat what the run was begun with, and nothing else.
void require_no_contradiction(const CLI::App& verb, const RunRequest& given, const RunRequest& kept) {
  const auto refuse_if = [&](const char* option, const char* called, bool differs) {
    if (verb.get_option(option)->count() == 0 || !differs) return;
    throw InputError(
        fmt::format("{}: the run in {} was begun with something else; leave {} out, --resume "
                    "needs nothing beside it",
                    called, kept.out->string(), called));
  };
  std::error_code missing;
  refuse_if("what", "SUITE|SCENARIO", given.targets != kept.targets);
  refuse_if("--models", "--models", given.models != kept.models);
  refuse_if("--repeats", "--repeats", given.repeats != kept.repeats);
  refuse_if("--duration", "--duration", given.duration_s != kept.duration_s);
  refuse_if("--warmup", "--warmup", given.warmup_s != kept.warmup_s);
  refuse_if("--seed", "--seed", given.seed != kept.seed);
  refuse_if("--out", "--out", given.out && !std::filesystem::equivalent(*given.out, *kept.out, missing));
  refuse_if("--subject-dir", "--subject-dir", given.subject_folders != kept.subject_folders);
}

int resume_run(const CLI::App& verb, const RunRequest& given, const std::filesystem::path& file) {
  auto begun = open_begun_run(file);
  auto kept = kept_request(begun.file);
  require_no_contradiction(verb, given, kept);
  kept.report = kept.report && given.report;
  return resume(kept, std::move(begun));
}

// Names and programs are checked as for a run.
int print_plan(const RunRequest& request) {
  fmt::print("{}", plan_text(make_run_plan(request, home_folder(), program("threadmill-server"))));
  return kDone;
}

}  // namespace

void add_run(CLI::App& app, CommandLine& line) {
  auto* verb =
      app.add_subcommand("run", "Run experiments, keep every trial, print a table and write a report");
  auto options = std::make_shared<RunOptions>();
  options->add_to(*verb);
  verb->footer(
      "Ctrl-C stops the current trial and keeps those that are finished; --resume FILE goes on. A failed "
      "trial is\n"
      "kept as a failure; the run goes on and exits with 1 at its end.");
  verb->callback([&line, verb, options] {
    auto request = options->finish();
    request.arguments = line.arguments;
    if (options->dry_run) {
      line.exit_code = print_plan(request);
      return;
    }
    line.exit_code = options->resume ? resume_run(*verb, request, *options->resume) : run(request);
  });
}

}  // namespace threadmill::harness
