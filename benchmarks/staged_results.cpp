// Writes result files of runs that never were, for what looks at reports: staged-results DIR [REPEATS]
// suite.jsonl fills every chart (tests/plots/staged_suite.h and a sweep), again.jsonl is a second run of it,
// study.jsonl a study. With 3 repeats, as if not given, the suite has about 150 trials besides the sweep's
// probes; with 5, 235.

#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "results/file/store.h"
#include "tests/plots/staged_suite.h"
#include "tests/results/staged_study.h"
#include "tests/results/sweep_records.h"

namespace {

using nlohmann::json;
using threadmill::results::ResultFile;

void write(ResultFile file, const std::filesystem::path& path) {
  file.header["schema_version"] = threadmill::results::kSchemaVersion;
  std::ofstream out(path);
  out << file.header << '\n';
  for (const json& scenario : file.scenarios) out << scenario << '\n';
  for (const json& trial : file.trials) out << trial << '\n';
  out << json{{"record", "end"}, {"outcome", "complete"}} << '\n';
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

ResultFile suite(int repeats, int seed) {
  auto file = threadmill::plots::staged_suite(repeats);
  file.header["run"]["seed"] = seed;
  auto sweep = threadmill::results::fake_sweep({{.subject = "bare-epoll", .highest_per_s = 50'000},
                                                {.subject = "fork", .highest_per_s = 10'000},
                                                {.subject = "epoll", .highest_per_s = 40'000},
                                                {.subject = "broker", .highest_per_s = 30'000}},
                                               1);
  for (json& scenario : sweep.scenarios) file.scenarios.push_back(std::move(scenario));
  for (json& probe : sweep.trials) {
    probe["sequence"] = file.trials.size();
    file.trials.push_back(std::move(probe));
  }
  return file;
}

ResultFile study() {
  using threadmill::results::staged_claim;
  using threadmill::results::steady_rates;
  json faster = staged_claim("requests_per_s", {"small", "large"},
                             {{"kind", "more"}, {"of", "epoll"}, {"than", "fork"}});
  faster["text"] = "The loop answers most.";
  json slower =
      staged_claim("requests_per_s", {"small"}, {{"kind", "more"}, {"of", "fork"}, {"than", "thread"}});
  slower["text"] = "Processes beat threads.";
  return threadmill::results::staged_study({{"small", "fork", steady_rates(1000, 1)},
                                            {"small", "thread", steady_rates(2000, 3)},
                                            {"small", "epoll", steady_rates(5000, 5)},
                                            {"large", "fork", steady_rates(500, 7)},
                                            {"large", "thread", steady_rates(4000, 3)},
                                            {"large", "epoll", steady_rates(4000, 5)}},
                                           {faster, slower});
}

}  // namespace

int main(int argc, char** argv) {
  int repeats = 3;
  const char* end = argc > 2 ? argv[2] + std::strlen(argv[2]) : nullptr;
  const bool is_number = argc < 3 || std::from_chars(argv[2], end, repeats).ptr == end;
  if (argc < 2 || argc > 3 || !is_number || repeats < 1 || repeats > 100) {
    std::fputs("usage: staged-results DIR [REPEATS]   (1 to 100 repeats)\n", stderr);
    return 2;
  }
  try {
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    write(suite(repeats, 7), folder / "suite.jsonl");
    write(suite(repeats, 8), folder / "again.jsonl");
    write(study(), folder / "study.jsonl");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "staged-results: %s\n", error.what());
    return 1;
  }
}
