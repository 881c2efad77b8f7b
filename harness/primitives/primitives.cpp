#include "harness/primitives/primitives.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>
#include <vector>

#include "harness/errors.h"
#include "harness/locations.h"
#include "harness/machine/environment.h"
#include "harness/process/child_process.h"
#include "harness/utc_time.h"
#include "plots/text/table.h"
#include "plots/text/terminal_parts.h"
#include "plots/text/text.h"
#include "plots/text/write_file.h"
#include "results/file/json_access.h"
#include "results/statistics/statistics.h"

namespace threadmill::harness {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kRepetitions = 9;
constexpr std::chrono::minutes kLimit{10};
constexpr const char* kFolder = "results/primitives";

fs::path primitives_program() {
  const auto path = program_folder() / "threadmill-primitives";
  if (::access(path.c_str(), X_OK) == 0) return path;
  const auto build = program_folder().parent_path().string();
  throw std::runtime_error(fmt::format(
      "{} was not built, which takes the package libbenchmark-dev (and liburing-dev, for io_uring): "
      "apt-get install libbenchmark-dev, then cmake {} && {}",
      path.string(), build, how_to_build()));
}

std::string output_of(const std::vector<std::string>& argv) {
  EventLoop loop;
  ChildCommand command;
  command.argv = argv;
  ChildProcess child(loop, command);
  std::string output;
  const bool ended = loop.wait_for(
      [&] {
        while (const auto line = child.lines().next()) output += *line + "\n";
        return child.exit() && child.lines().at_end();
      },
      kLimit);
  if (!ended) throw std::runtime_error("threadmill-primitives did not end within ten minutes");
  if (child.exit()->status != 0) {
    throw std::runtime_error(fmt::format("threadmill-primitives {}; its last words: {}",
                                         child.exit()->describe(), child.last_words()));
  }
  return output;
}

/// "fork_exit_wait/iterations:10/manual_time" is "fork_exit_wait".
std::string short_name(std::string name) {
  for (const char* suffix : {"/iterations:", "/manual_time", "/repeats:"})
    name.resize(std::min(name.find(suffix), name.size()));
  return name;
}

double ns_of(const json& benchmark) {
  const std::map<std::string, double> in_ns = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
  return benchmark.at("real_time").get<double>() * in_ns.at(benchmark.at("time_unit").get<std::string>());
}

/// What of this machine moves these figures.
bool is_same_machine(const json& a, const json& b) {
  const std::vector<std::string> keys = {"cpu_model", "kernel", "cpus_online", "mitigations"};
  return std::all_of(keys.begin(), keys.end(),
                     [&](const std::string& key) { return a.value(key, json()) == b.value(key, json()); });
}

json as_in_result_files(const json& kept) {
  return {{"created", kept.at("created")}, {"cpus", kept.at("cpus")}, {"costs", kept.at("costs")}};
}

/// Newest first: names begin with the time.
std::vector<fs::path> kept_files(const fs::path& home) {
  std::error_code none;
  if (!fs::is_directory(home / kFolder, none)) return {};
  auto files = json_files(home / kFolder);
  std::reverse(files.begin(), files.end());
  return files;
}

}  // namespace

json costs_in_output(const std::string& output) {
  const auto document = json::parse(output, nullptr, false);
  if (!document.is_object() || !document.contains("benchmarks"))
    throw std::runtime_error("threadmill-primitives printed no benchmarks");
  std::map<std::string, std::vector<double>> repetitions;
  for (const auto& benchmark : document.at("benchmarks")) {
    if (benchmark.value("run_type", "") != "iteration" || benchmark.value("error_occurred", false)) continue;
    repetitions[short_name(benchmark.at("name"))].push_back(ns_of(benchmark));
  }
  json costs = json::object();
  for (const auto& [name, values] : repetitions) {
    const auto spread = results::spread(values);
    costs[name] = {{"median_ns", spread->median},
                   {"min_ns", spread->min},
                   {"max_ns", spread->max},
                   {"repetitions", values.size()}};
  }
  return costs;
}

json measure_primitives(const CpuPlan& cpus) {
  const int server = cpus.server.front(), peer = cpus.generator.front();
  const auto output = output_of({primitives_program().string(), fmt::format("--server-cpu={}", server),
                                 fmt::format("--peer-cpu={}", peer), "--benchmark_format=json",
                                 fmt::format("--benchmark_repetitions={}", kRepetitions)});
  return {{"created", utc_now()},
          {"cpus", {{"server", server}, {"peer", peer}}},
          {"costs", costs_in_output(output)}};
}

fs::path keep_primitives(const json& primitives, const fs::path& home) {
  json kept = primitives;
  kept["schema"] = "threadmill-primitives";
  kept["tool"] = describe_tool();
  kept["environment"] = describe_environment();
  fs::create_directories(home / kFolder);
  const auto file = home / kFolder / (utc_stamp() + ".json");
  plots::write_file(file, kept.dump(1) + "\n");
  return file;
}

std::optional<json> kept_primitives(const fs::path& home) {
  const auto here = describe_environment();
  for (const auto& file : kept_files(home)) {
    std::ifstream in(file);
    const auto kept = json::parse(in, nullptr, false);
    const bool whole = kept.is_object() && kept.value("schema", "") == "threadmill-primitives" &&
                       kept.contains("created") && kept.contains("cpus") && kept.contains("costs");
    if (whole && is_same_machine(kept.value("environment", json::object()), here))
      return as_in_result_files(kept);
  }
  return std::nullopt;
}

std::string primitives_text(const json& primitives) {
  struct Line {
    std::string name;
    const json& figures;
  };
  std::vector<Line> lines;
  for (const auto& [name, figures] : primitives.at("costs").items()) lines.push_back({name, figures});
  const auto time = [](const char* key) {
    return [key](const Line& line) { return plots::duration(line.figures.at(key).get<double>()); };
  };
  plots::Table table;
  table.add_column("primitive", lines, [](const Line& line) { return line.name; });
  table.add_column("median", lines, time("median_ns"));
  table.add_column("least", lines, time("min_ns"));
  table.add_column("most", lines, time("max_ns"));
  return plots::aligned(table);
}

}  // namespace threadmill::harness
