#include "plots/report/rank_table.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "results/statistics/statistics.h"

namespace threadmill::plots {
namespace {

using results::Latency;
using results::Metric;
using results::Percentiles;
using results::RankRow;
using results::Row;

/// A process, or all of them.
struct Line {
  const Row* server;
  const RankRow* rank;
  std::size_t number;
};

std::string cell(const std::optional<double>& value, std::string (*format)(double)) {
  return value ? format(*value) : std::string(no_number);
}

std::optional<double> median_rate(const RankRow& rank) {
  const auto spread = results::spread(rank.requests_per_s);
  return spread ? std::optional(spread->median) : std::nullopt;
}

std::string rate_cell(const Line& line) {
  if (line.rank == nullptr) return median_cell(*line.server, Metric::requests_per_s, whole);
  return cell(median_rate(*line.rank), whole);
}

std::string latency_cell(const Line& line, std::optional<double> Percentiles::*which) {
  if (line.rank != nullptr) return percentile_cell(line.rank->latency, which);
  const auto latency = line.server->latency(Latency::response) ? Latency::response : Latency::service;
  return percentile_cell(*line.server, latency, which);
}

std::string share_cell(const Line& line, std::optional<double> RankRow::*share) {
  if (line.rank == nullptr || !(line.rank->*share)) return std::string(no_number);
  return percent(*(line.rank->*share) * 100);
}

std::vector<Line> lines_of(const results::ScenarioComparison& scenario) {
  std::vector<Line> lines;
  for (const Row& row : scenario.rows) {
    for (std::size_t number = 0; number < row.ranks.size(); ++number)
      lines.push_back({&row, &row.ranks[number], number});
    if (!row.ranks.empty()) lines.push_back({&row, nullptr, 0});
  }
  return lines;
}

}  // namespace

Table rank_table(const results::ScenarioComparison& scenario) {
  const auto lines = lines_of(scenario);
  Table table;
  table.add_column("Server", lines, [](const Line& line) { return markdown(label_cell(*line.server)); });
  table.add_column("load from", lines, [](const Line& line) {
    if (line.rank == nullptr) return std::string("all together");
    return fmt::format("rank {} on {}", line.number, markdown(line.rank->host, 60));
  });
  table.add_column("requests/s", lines, rate_cell);
  table.add_column("p50", lines, [](const Line& line) { return latency_cell(line, &Percentiles::p50_ns); });
  table.add_column("p99", lines, [](const Line& line) { return latency_cell(line, &Percentiles::p99_ns); });
  table.add_column("busiest thread", lines,
                   [](const Line& line) { return share_cell(line, &RankRow::busiest_thread); });
  table.add_column("starved", lines, [](const Line& line) { return share_cell(line, &RankRow::starved); });
  table.add_column("its clock within", lines, [](const Line& line) {
    return line.rank == nullptr || line.number == 0 ? std::string(no_number)
                                                    : duration(line.rank->clock_error_ns);
  });
  return table;
}

}  // namespace threadmill::plots
