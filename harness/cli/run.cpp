#include "harness/run.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/option_values.h"
#include "harness/cli/verbs.h"

namespace threadmill::harness {

void add_run(CLI::App& app, CommandLine& line) {
  auto* verb =
      app.add_subcommand("run", "Run experiments, keep every trial, print a table and write a report");
  auto request = std::make_shared<RunRequest>();
  auto models = std::make_shared<std::vector<std::string>>();
  verb->add_option("what", request->targets,
                   "A suite, or scenarios by name or by path of a .json file (default: the suite quick)")
      ->type_name("SUITE|SCENARIO|FILE.json");
  verb->add_option(
          "--models,--subjects", *models,
          "Only these models or foreign subjects, separated by commas (default: those of each scenario)")
      ->allow_extra_args(false)
      ->type_name("A,B,...");
  verb->add_option(
          "--repeats", request->repeats,
          "Trials of each subject in each scenario (default: the suite's, or 4); even numbers keep the "
          "order balanced")
      ->check(CLI::Range(1, 1000))
      ->type_name("N");
  verb->add_option("--seed", request->seed, "Seed of the order of trials and of the payloads")
      ->capture_default_str()
      ->check(CLI::Validator(check_seed, ""))
      ->type_name("S");
  verb->add_option("--out", request->out,
                   "Result file to create (default: results/runs/<UTC time>-<suite or scenario>.jsonl); the "
                   "report goes "
                   "into the folder beside it of the same name")
      ->type_name("FILE");
  verb->add_option("--subject-dir", request->subject_folders,
                   "A further folder of subject files, beside servers/peers; may be given several times")
      ->allow_extra_args(false)
      ->type_name("DIR");
  verb->add_flag_callback(
      "--no-report", [request] { request->report = false; }, "Keep the results only: no table, no report");
  verb->add_flag_callback(
      "--no-syscalls", [request] { request->count_syscalls = false; },
      "Leave out the short pass after each subject's first trial that counts system calls");
  verb->footer(
      "Ctrl-C stops the current trial and keeps those that are finished. A failed trial is kept as a "
      "failure;\n"
      "the run goes on and exits with 1 at its end.");
  verb->callback([&line, request, models] {
    request->models = names_in(*models);
    request->arguments = line.arguments;
    line.exit_code = run(*request);
  });
}

}  // namespace threadmill::harness
