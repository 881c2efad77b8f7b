#include "plots/charts/percentile_data.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::Latency;

json percentile_record(const ChartRow& row, const std::string& latency,
                       const results::PercentilePoint& point) {
  json record = row.record(latency);
  record["latency"] = latency;
  record["percentile"] = point.percentile;
  record["one_in"] = six_digits(1 / (1 - point.percentile / 100));
  record["value"] = six_digits(point.ns / kNsPerUs);
  return record;
}

void add_pair(const ChartRow& row, Latency response, Latency service, json& sets) {
  if (row.row->curve(response).empty() || row.row->curve(service).empty()) return;
  const std::string what = response == Latency::response ? "answers" : "deliveries";
  const auto add = [&](Latency latency, const char* counted_from) {
    for (const auto& point : row.row->curve(latency)) {
      json record = percentile_record(row, what, point);
      record["counted_from"] = counted_from;
      sets["response_service"].push_back(std::move(record));
    }
  };
  add(response, "the schedule (response time)");
  add(service, "the actual send (service time)");
}

}  // namespace

void add_percentile_data(const ChartRow& row, json& sets) {
  for (const results::LatencyTraits& traits : results::latencies()) {
    for (const auto& point : row.row->curve(traits.latency)) {
      json record = percentile_record(row, std::string(traits.name), point);
      record["main"] = traits.latency == row.scenario->main_latency;
      sets["percentiles"].push_back(std::move(record));
    }
  }
  add_pair(row, Latency::response, Latency::service, sets);
  add_pair(row, Latency::delivery_response, Latency::delivery, sets);
}

}  // namespace threadmill::plots
