#include "plots/report/sweep_section.h"

#include <fmt/format.h>

#include "plots/text/markdown_syntax.h"
#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/load_words.h"
#include "plots/words/sweep_words.h"
#include "results/trial/load_kind.h"

namespace threadmill::plots {
namespace {

using results::Sweep;
using results::SweepRow;

std::string markdown_name(const SweepRow& row) {
  return markdown(row.label, 48) + (row.ceiling ? " (ceiling)" : "");
}

std::string optional_cell(const std::optional<double>& value, std::string (*format)(double)) {
  return value ? format(*value) : std::string(no_number);
}

/// A sweep's load as one sentence, at the lowest level.
std::string lowest_load_in_words(const Sweep& sweep) {
  results::ScenarioComparison lowest;
  lowest.load = sweep.load;
  if (sweep.over == "rate_per_s") {
    lowest.load["arrivals"]["rate_per_s"] = sweep.range.from;
  } else {
    lowest.load[sweep.pubsub ? "subscribers" : "connections"] = sweep.range.from;
  }
  const auto kind = results::kind_of_load(lowest.load);
  lowest.pubsub = kind.pubsub;
  lowest.open = kind.open;
  lowest.paced = kind.paced;
  return load_in_words(lowest);
}

std::string reasons(const Sweep& sweep) {
  std::string text;
  for (const SweepRow& row : sweep.rows) {
    const std::string reason = reason_sentence(row);
    if (!reason.empty()) text += fmt::format("- {}: {}.\n", markdown(row.label, 48), markdown(reason, 500));
  }
  return text.empty() ? text : text + "\n";
}

std::string curve_table(const Sweep& sweep) {
  Table table;
  table.header = {"Server", level_unit(sweep), "met", "p50", "p99", "p99.9", "answered/s", "CPU-µs/request"};
  for (const SweepRow& row : sweep.rows) {
    for (const auto& point : row.curve) {
      const auto percentile = [&](std::optional<double> results::Percentiles::*which) {
        return percentile_cell(point.latency, which);
      };
      table.rows.push_back(
          {markdown_name(row), number(point.level), fmt::format("{} of {}", point.met, point.probes),
           percentile(&results::Percentiles::p50_ns), percentile(&results::Percentiles::p99_ns),
           percentile(&results::Percentiles::p999_ns), optional_cell(point.requests_per_s, number),
           optional_cell(point.cpu_us_per_request, number)});
    }
  }
  return markdown_table(table);
}

}  // namespace

std::string sweep_section(const Sweep& sweep) {
  std::string text = fmt::format("## Capacity: {}\n\n", markdown(sweep_title(sweep), 200));
  text +=
      fmt::format("`{}`, from {} to at most {} {}. At the lowest level: {}\n\n", markdown_code(sweep.of),
                  number(static_cast<double>(sweep.range.from)), number(static_cast<double>(sweep.range.to)),
                  level_unit(sweep), lowest_load_in_words(sweep));
  text += markdown_table(sweep_table(sweep, markdown_name)) + "\n" +
          markdown(intervals_sentence(sweep), 1000) +
          fmt::format(
              " A level is met when the service level holds, at most {} requests failed, and {:g} % of "
              "what was due was answered in time.\n\n",
              sweep.max_errors, 100 * results::kLeastKept);
  text += reasons(sweep);
  return text +
         "Latency against load; levels within a tenth of each other are one line, their histograms "
         "merged:\n\n" +
         curve_table(sweep) + "\n";
}

}  // namespace threadmill::plots
