#include "plots/gate/benchmark_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "plots/gate/words.h"

namespace threadmill::plots {
namespace {

using nlohmann::ordered_json;
using results::GateCell;
using results::GateOutcome;
using results::GateReport;

/// A value of the metric as microseconds, less being better; nothing when it is no time.
std::optional<double> microseconds(results::Metric metric, double value) {
  const std::string_view name = results::traits_of(metric).name;
  if (name.ends_with("_ns")) return value / 1000;
  if (name.find("_us_per_") != std::string_view::npos) return value;
  if (name.ends_with("_per_s") && value > 0) return 1e6 / value;
  return std::nullopt;
}

std::optional<double> time_of(const GateCell& cell) {
  if (cell.outcome == GateOutcome::invalid || !cell.candidate) return std::nullopt;
  return microseconds(cell.metric, cell.candidate->median);
}

void add_counter(ordered_json& entry, const char* name, std::optional<double> value) {
  if (value) entry[name] = *value;
}

void add_counters(ordered_json& entry, const GateCell& cell) {
  if (cell.baseline) add_counter(entry, "baseline_us", microseconds(cell.metric, cell.baseline->median));
  if (cell.worsening) {
    add_counter(entry, "worsening", cell.worsening->ratio);
    if (const auto& interval = cell.worsening->interval) {
      add_counter(entry, "worsening_low", interval->low);
      add_counter(entry, "worsening_high", interval->high);
    }
  }
  add_counter(entry, "noise_floor", cell.noise_floor);
  add_counter(entry, "smallest_detectable", cell.smallest_detectable);
}

/// `index` numbers the families of benchmarks, as the library does.
ordered_json entry_of(const GateCell& cell, double time_us, std::size_t index) {
  const std::string name = fmt::format("{}/{}/{}", gate_text(cell.scenario), gate_text(cell.subject),
                                       results::traits_of(cell.metric).name);
  ordered_json entry = {{"name", name + "_median"},
                        {"family_index", index},
                        {"per_family_instance_index", 0},
                        {"run_name", name},
                        {"run_type", "aggregate"},
                        {"repetitions", cell.candidate->count},
                        {"threads", 1},
                        {"aggregate_name", "median"},
                        {"aggregate_unit", "time"},
                        {"iterations", cell.candidate->count},
                        {"real_time", time_us},
                        {"cpu_time", time_us},
                        {"time_unit", "us"}};
  add_counters(entry, cell);
  return entry;
}

}  // namespace

std::string gate_benchmark_json(const GateReport& report, const BenchmarkContext& context) {
  ordered_json benchmarks = ordered_json::array(), left_out = ordered_json::array();
  for (const GateCell& cell : report.cells) {
    const auto time_us = time_of(cell);
    if (time_us) benchmarks.push_back(entry_of(cell, *time_us, benchmarks.size()));
    if (!time_us) left_out.push_back(cell_name(cell));
  }
  const ordered_json document = {{"context",
                                  {{"date", context.date},
                                   {"host_name", gate_text(context.host_name)},
                                   {"executable", "threadmill gate"},
                                   {"num_cpus", context.cpu_count},
                                   {"caches", ordered_json::array()},
                                   {"load_avg", ordered_json::array()},
                                   {"left_out", left_out}}},
                                 {"benchmarks", benchmarks}};
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace threadmill::plots
