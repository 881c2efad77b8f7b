#pragma once
// Options that several verbs share: of making trials, and of what becomes of the results.

#include <string>
#include <vector>

#include "harness/runs/run_plan.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace threadmill::harness {

/// --repeats, --duration, --warmup, --seed, --out, --subject-dir, --no-report and --no-color, read into
/// `request`, which must outlive `verb`. `repeats_help` and `out_help` are the descriptions of their options.
void add_trial_options(CLI::App& verb, RunRequest& request, const std::string& repeats_help,
                       const std::string& out_help);

/// --no-syscalls, --no-selftest and --primitives, in the same way.
void add_instrument_options(CLI::App& verb, RunRequest& request);

/// --dry-run, in the same way.
CLI::Option* add_dry_run(CLI::App& verb, RunRequest& request);

/// All that `threadmill study` takes, in the same way; it is read again where a study is gone on with.
void add_study_arguments(CLI::App& verb, RunRequest& request);

}  // namespace threadmill::harness
