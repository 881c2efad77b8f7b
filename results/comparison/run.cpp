#include "results/comparison/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "results/file/json_access.h"
#include "results/trial/trial.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

std::string unique_label(const std::string& wanted, const std::vector<Run>& runs) {
  std::string label = wanted;
  const auto taken = [&] {
    return std::any_of(runs.begin(), runs.end(), [&](const Run& r) { return r.label == label; });
  };
  for (int i = 2; taken(); ++i) label = fmt::format("{}#{}", wanted, i);
  return label;
}

std::string version_of(const json& header) {
  return fmt::format("{} (commit {}{})", text_at(header, "/tool/version"),
                     text_at(header, "/tool/git_commit"),
                     is_true_at(header, "/tool/git_dirty") ? ", with uncommitted changes" : "");
}

/// Repeats 2k and 2k+1 are block k.
std::size_t blocks_in(const std::vector<json>& trials) {
  std::set<std::int64_t> blocks;
  for (const json& trial : trials)
    blocks.insert(integer_at(trial, "/repeat", 0, highest_repeat).value_or(0) / 2);
  return blocks.size();
}

std::map<std::string, std::vector<WorkItem>> work_of_models(const json& header) {
  std::map<std::string, std::vector<WorkItem>> work;
  const json* lists = find_at(header, "/request_work");
  if (lists == nullptr || !lists->is_object()) return work;
  for (const auto& [model, list] : lists->items()) work[model] = work_items(list);
  return work;
}

}  // namespace

Run describe_run(const ResultFile& file, const std::vector<Run>& earlier) {
  Run run;
  run.label = unique_label(file.path.stem().string(), earlier);
  run.file = file.path.filename().string();
  run.created = text_at(file.header, "/created");
  run.version = version_of(file.header);
  run.arguments = texts_at(file.header, "/run/arguments");
  run.seed = unsigned_at(file.header, "/run/seed");
  run.repeats = integer_at(file.header, "/run/repeats", 0, highest_repeat).value_or(0);
  run.kind = text_at(file.header, "/run/kind");
  if (run.kind.empty()) run.kind = "run";
  run.study = study_of(file.header);
  if (run.kind == "ab" || run.kind == "gate") run.blocks = blocks_in(file.trials);
  run.instrument_problem = instrument_problem(file.header);
  run.loopback_bytes_per_s = number_at(file.header, "/selftest/loopback/bytes_per_s");
  if (const json* primitives = find_at(file.header, "/primitives"))
    run.primitives = primitive_costs(*primitives);
  run.work = work_of_models(file.header);
  run.server_host = server_host(file.header);
  run.environment = environment_facts(file.header);
  run.fairness = fairness_facts(file.header, file.trials);
  run.quietness = quietness_of(file.trials);
  run.complete = file.end_outcome == "complete";
  run.warnings = file.warnings;
  if (shares_cpus(file.header)) {
    run.warnings.push_back(
        fmt::format("{}: server and load generator shared their CPUs; figures are of the two together, and "
                    "nobody can say "
                    "which of them was the limit: run on a machine with two CPUs or more",
                    run.file));
  }
  const std::string build = text_at(file.header, "/environment/build_type");
  if (build == "Debug" || build.empty()) {
    run.warnings.push_back(
        fmt::format("{}: measured with {} build; its figures say little about speed, use a Release build",
                    run.file, build.empty() ? "an unnamed" : "a Debug"));
  }
  return run;
}

}  // namespace threadmill::results
