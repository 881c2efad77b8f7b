#include "results/comparison/rank_row.h"

#include <algorithm>

#include "results/file/json_access.h"
#include "results/trial/optional_arithmetic.h"
#include "results/trial/ranks.h"

namespace threadmill::results {
namespace {

void raise(std::optional<double>& most, std::optional<double> value) {
  if (value) most = std::max(most.value_or(0), *value);
}

const nlohmann::json* latency_of(const nlohmann::json& report) {
  const auto* response = find_at(report, "/latency/response_time");
  return response != nullptr && !response->is_null() ? response : find_at(report, "/latency/service_time");
}

/// As of a whole trial: what a run by time completes after its deadline is no part of its rate.
std::optional<double> rate_of(const nlohmann::json& report) {
  const auto start_ns = number_at(report, "/window/start_ns");
  const auto deadline_ns = number_at(report, "/window/deadline_ns");
  const auto end_ns = deadline_ns ? deadline_ns : number_at(report, "/window/end_ns");
  if (!start_ns || !end_ns) return std::nullopt;
  const auto completed = number_at(report, deadline_ns ? "/completed_in_time" : "/completed");
  return divide(completed, (*end_ns - *start_ns) * 1e-9);
}

}  // namespace

void RankSummary::add(const nlohmann::json& trial_record) {
  for (const auto& rank : ranks_of(trial_record)) {
    if (rank.number >= rows_.size()) {
      rows_.resize(rank.number + 1);
      latencies_.resize(rank.number + 1);
    }
    auto& row = rows_[rank.number];
    row.host = rank.host;
    if (const auto rate = rate_of(*rank.report)) row.requests_per_s.push_back(*rate);
    latencies_[rank.number].add(latency_of(*rank.report));
    raise(row.busiest_thread, number_at(*rank.report, "/self/busiest_thread"));
    raise(row.starved, number_at(*rank.report, "/self/starved"));
    row.clock_error_ns = std::max(row.clock_error_ns, rank.clock_error_ns);
  }
}

std::vector<RankRow> RankSummary::finish() {
  for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i].latency = latencies_[i].percentiles();
  return std::move(rows_);
}

}  // namespace threadmill::results
