#pragma once
// The candidate's figures in the JSON format of Google Benchmark, for dashboards that read that.
// https://github.com/google/benchmark/blob/main/docs/user_guide.md#output-formats

#include <cstddef>
#include <string>

#include "results/gate/gate.h"

namespace threadmill::plots {

/// What the format says of where and when; a GateReport does not know.
struct BenchmarkContext {
  std::string date;  ///< ISO 8601 with the offset from UTC
  std::string host_name;
  std::size_t cpu_count = 0;
};

/// One entry for each cell with a candidate, the median of its trials, as Google Benchmark has it with
/// --benchmark_report_aggregates_only; the figures of the judgement are counters. The format knows only
/// times: latencies and CPU time are given in microseconds, rates as the time of one. Cells that are invalid
/// and metrics that are no time are left out, and `context.left_out` names them.
std::string gate_benchmark_json(const results::GateReport& report, const BenchmarkContext& context);

}  // namespace threadmill::plots
