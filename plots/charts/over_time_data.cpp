#include "plots/charts/over_time_data.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;

constexpr double kBytesPerMiB = 1024.0 * 1024;

json time_record(const ChartRow& row, const std::string& what, double second, double value) {
  json record = row.record(what);
  record["second"] = six_digits(second);
  record["value"] = six_digits(value);
  return record;
}

void add_rates(const ChartRow& row, json& sets) {
  const auto& rates = row.row->timeline.rates;
  if (rates.size() < kFewestSecondsOverTime) return;
  const std::string unit = row.scenario->pubsub ? "publications/s" : "requests/s";
  const auto latency = row.scenario->paced ? "response time" : "service time";
  for (const auto& point : rates) {
    sets["rate_over_time"].push_back(time_record(row, unit, point.second, point.requests_per_s));
    const auto add = [&](const char* percentile, const std::optional<double>& ns) {
      if (!ns) return;
      json record = time_record(row, latency, point.second, *ns / kNsPerUs);
      record["percentile"] = percentile;
      sets["latency_over_time"].push_back(std::move(record));
    };
    add("p50", point.p50_ns);
    add("p99", point.p99_ns);
  }
}

void add_server(const ChartRow& row, json& sets) {
  const auto& cpu = row.row->timeline.cpu;
  const auto& memory = row.row->timeline.memory;
  if (cpu.size() >= kFewestSamplesOverTime) {
    for (const auto& point : cpu)
      sets["cpu_over_time"].push_back(time_record(row, "% of one CPU", point.second, point.cpu_percent));
  }
  if (memory.size() < kFewestSamplesOverTime) return;
  for (const auto& point : memory)
    sets["memory_over_time"].push_back(time_record(row, "MiB", point.second, point.pss_bytes / kBytesPerMiB));
}

}  // namespace

void add_over_time_data(const ChartRow& row, json& sets) {
  add_rates(row, sets);
  add_server(row, sets);
}

}  // namespace threadmill::plots
