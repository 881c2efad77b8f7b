#include "results/trial/timeline.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "loadgen/histogram.h"
#include "loadgen/time_series.h"
#include "results/file/json_access.h"
#include "results/trial/server_samples.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

constexpr double kNsPerSecond = 1e9;
constexpr double kIntervalNs = static_cast<double>(load::TimeSeries::kIntervalNs);
constexpr double kMostSeconds = 86'400;  // no plan asks for more

/// How many whole seconds were sent in: an answer in the rest of a second may have been drained.
std::size_t whole_seconds(const json& record) {
  constexpr double rounding_ns = 1e6;
  const auto start = number_at(record, "/load/window/start_ns"),
             end = number_at(record, "/load/window/end_ns");
  const auto sent_until = number_at(record, "/load/window/deadline_ns");
  if (!start || !end) return 0;
  const double length_ns = sent_until.value_or(*end) - *start + rounding_ns;
  return static_cast<std::size_t>(std::clamp(length_ns / kIntervalNs, 0.0, kMostSeconds));
}

void add_latency_of_second(const json& second, RatePoint& point) {
  const std::string encoded = text_at(second, "/hdr_v2");
  if (encoded.empty()) return;
  try {
    const auto latency = load::Histogram::decode(encoded);
    if (latency.count() == 0) return;
    point.p50_ns = static_cast<double>(latency.value_at_percentile(50));
    point.p99_ns = static_cast<double>(latency.value_at_percentile(99));
  } catch (const std::invalid_argument&) {
    return;  // a second that cannot be read is one without latencies
  }
}

/// Response times count what was never sent, too: the rate is that of the service times.
std::vector<RatePoint> rates_of(const json& record) {
  const json* service = find_at(record, "/load/series/service_time");
  const json* response = find_at(record, "/load/series/response_time");
  std::vector<RatePoint> points;
  if (service == nullptr || !service->is_array()) return points;
  if (response == nullptr || !response->is_array()) response = service;
  const std::size_t seconds = std::min(whole_seconds(record), service->size());
  for (std::size_t i = 0; i < seconds; ++i) {
    RatePoint point;
    point.second = static_cast<double>(i) + 0.5;
    point.requests_per_s = number_at(service->at(i), "/completed").value_or(0) * kNsPerSecond / kIntervalNs;
    if (i < response->size()) add_latency_of_second(response->at(i), point);
    points.push_back(point);
  }
  return points;
}

std::vector<ServerCpuPoint> cpu_between(const std::vector<ServerSample>& samples, double start_ns) {
  std::vector<ServerCpuPoint> points;
  if (samples.size() < 2) return points;
  const std::size_t last = samples.size() - 1;
  const std::size_t step = (last - 1) / kMostServerPoints + 1;
  for (std::size_t i = 0; i < last; i += step) {
    const ServerSample &from = samples[i], &to = samples[std::min(i + step, last)];
    const double time_ns = to.t_ns - from.t_ns, cpu_ns = to.cpu_ns - from.cpu_ns;
    if (time_ns <= 0 || cpu_ns < 0) continue;
    points.push_back({((from.t_ns + to.t_ns) / 2 - start_ns) / kNsPerSecond, 100 * cpu_ns / time_ns});
  }
  return points;
}

std::vector<ServerMemoryPoint> memory_at(const std::vector<ServerSample>& samples, double start_ns) {
  std::vector<ServerMemoryPoint> points;
  const std::size_t step = samples.empty() ? 1 : (samples.size() - 1) / kMostServerPoints + 1;
  for (std::size_t i = 0; i < samples.size(); i += step) {
    if (samples[i].pss_bytes)
      points.push_back({(samples[i].t_ns - start_ns) / kNsPerSecond, *samples[i].pss_bytes});
  }
  return points;
}

}  // namespace

Timeline timeline_of(const json& record) {
  Timeline timeline;
  timeline.rates = rates_of(record);
  const auto samples = window_samples(record);
  if (samples.empty()) return timeline;
  const double start_ns = samples.front().t_ns;
  timeline.cpu = cpu_between(samples, start_ns);
  timeline.memory = memory_at(samples, start_ns);
  return timeline;
}

}  // namespace threadmill::results
