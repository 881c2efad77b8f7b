#include "harness/cli/run_options.h"

#include <CLI/CLI.hpp>

#include "harness/catalogue/suite.h"
#include "harness/cli/option_values.h"

namespace threadmill::harness {

void add_trial_options(CLI::App& verb, RunRequest& request, const std::string& repeats_help,
                       const std::string& out_help) {
  verb.add_option("--repeats", request.repeats, repeats_help)
      ->check(CLI::Range(1, kMostRepeats))
      ->type_name("N");
  verb.add_option_function<std::string>(
          "--duration",
          [&request](const std::string& text) { request.duration_s = seconds_from(text, "--duration"); },
          "How long each trial is measured, as 5s (default: as each scenario says)")
      ->type_name("TIME");
  verb.add_option_function<std::string>(
          "--warmup",
          [&request](const std::string& text) {
            request.warmup_s = text == "0" ? 0 : seconds_from(text, "--warmup");
          },
          "How long it is loaded before that, as 500ms, or 0 (default: as each scenario says)")
      ->type_name("TIME");
  verb.add_option("--seed", request.seed, "Seed of the order of trials and of the payloads")
      ->capture_default_str()
      ->check(CLI::Validator(check_seed, ""))
      ->type_name("S");
  verb.add_option("--out", request.out, out_help)->type_name("FILE");
  verb.add_option("--subject-dir", request.subject_folders,
                  "A further folder of subject files, beside servers/peers; may be given several times")
      ->allow_extra_args(false)
      ->type_name("DIR");
  verb.add_flag_callback(
      "--no-report", [&request] { request.report = false; }, "Keep the results only: no table, no report");
  add_no_color(verb, request.colours);
}

void add_instrument_options(CLI::App& verb, RunRequest& request) {
  verb.add_flag_callback(
      "--no-syscalls", [&request] { request.count_syscalls = false; },
      "Leave out the short pass after each subject's first trial that counts system calls");
  verb.add_flag_callback(
      "--no-selftest", [&request] { request.selftest = false; },
      "Do not measure the load generator first: two seconds less, and a report without its own figures");
  verb.add_flag(
      "--primitives", request.primitives,
      "Measure first what pieces of work cost (threadmill primitives), for the report's cost model; "
      "otherwise it takes those that were measured on this machine last");
}

CLI::Option* add_dry_run(CLI::App& verb, RunRequest& request) {
  return verb.add_flag("--dry-run", request.dry_run,
                       "Print what would be run and how long it takes; run nothing");
}

void add_study_arguments(CLI::App& verb, RunRequest& request) {
  verb.add_option("study", request.study, "A study by name or by path of a .json file")
      ->required()
      ->type_name("STUDY|FILE.json");
  add_trial_options(
      verb, request,
      "Trials of each subject in each scenario (default: the study's; an interval of 95 % takes "
      "6)",
      "Result file to create (default: results/runs/<UTC time>-<study>.jsonl); the report goes "
      "into the folder beside it of the same name");
  add_instrument_options(verb, request);
  add_dry_run(verb, request);
}

}  // namespace threadmill::harness
