#include "tests/results/history_files.h"

#include <fmt/format.h>

#include "tests/results/trial_records.h"

namespace threadmill::results {

namespace {

/// As the run of that day would have left it.
ResultFile of_day(int run, ResultFile file) {
  file.path = fmt::format("run-{:02}.jsonl", run);
  file.header["schema_version"] = kSchemaVersion;
  file.header["created"] = fmt::format("2026-{:02}-{:02}T12:00:00Z", 1 + (run - 1) / 28, 1 + (run - 1) % 28);
  file.header["tool"] = {
      {"version", "0.1.0"}, {"git_commit", fmt::format("c{:02}", run)}, {"git_dirty", false}};
  file.header["environment"]["cpu_model"] = "CPU A";
  file.header["environment"]["cpus_online"] = 2;
  file.header["environment"]["cpus_online"] = 2;
  file.header["environment"]["kernel"] = "6.1";
  return file;
}

}  // namespace

ResultFile history_sweep(int run, const std::vector<FakeServer>& servers) {
  return of_day(run, fake_sweep(servers, 3));
}

ResultFile history_file(int run, std::uint64_t completed, const std::string& subject) {
  std::vector<nlohmann::json> trials;
  for (int repeat = 0; repeat < 4; ++repeat) {
    // No two runs are alike, and none of them drifts.
    const auto noise = completed / 10'000 * static_cast<std::uint64_t>((run * 7 + repeat * 3) % 11);
    trials.push_back(echo_trial(subject, repeat, completed + noise));
  }
  return of_day(run, result_file("run.jsonl", std::move(trials)));
}

std::string history_machine(const std::string& cpu_model) {
  return cpu_model + ", 2 CPUs (servers: 0; load generator: 1)";
}

}  // namespace threadmill::results
