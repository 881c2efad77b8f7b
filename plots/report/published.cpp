#include "plots/report/published.h"

#include <fmt/format.h>

#include "plots/text/markdown_syntax.h"
#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "results/comparison/cell.h"

namespace threadmill::plots {
namespace {

using results::Metric;
using results::Row;
using results::ScenarioComparison;

std::string published_metric_title(const std::string& metric, bool pubsub) {
  if (metric == "requests_per_s") return pubsub ? "publishes/s" : "requests/s";
  if (metric == "messages_per_s") return "messages/s to everybody";
  if (metric == "seconds_per_1000_messages") return "time for 1,000 messages to everybody, s";
  if (metric == "cpu_percent") return "CPU, %";
  if (metric == "cpu_percent_max") return "largest CPU, %";
  if (metric == "memory_mib_max") return "largest memory, MiB";
  return plain(metric);
}

std::string our_figure(const Row& row, const std::string& published_metric) {
  const std::string mark = results::is_comparable(row) ? "" : " (invalid)";
  if (const auto ours = results::ours_beside(row, published_metric))
    return fmt::format("{}{}{}", bound_mark(results::hidden_of_ours(row, published_metric)),
                       number(ours->median), mark);
  // Where no gates were sampled, a window shorter than two samples has no maximum.
  if (published_metric == "cpu_percent_max" && row.spreads[Metric::server_cpu_percent])
    return median_cell(row, Metric::server_cpu_percent, number) + " (mean of the window)" + mark;
  return std::string(no_number);
}

}  // namespace

Table published_table(const ScenarioComparison& scenario, Unmeasured unmeasured) {
  Table table;
  table.header = {"Server", "Figure", "published", "ours"};
  for (const auto& figure : scenario.published->figures) {
    const std::string theirs = (figure.approximate ? "~" : "") + exact(figure.value);
    const std::string what = markdown(published_metric_title(figure.metric, scenario.pubsub));
    bool measured = false;
    for (const Row& row : scenario.rows) {
      if (row.subject != figure.subject) continue;
      measured = true;
      table.rows.push_back({markdown(row.label), what, theirs, our_figure(row, figure.metric)});
    }
    if (!measured && unmeasured == Unmeasured::shown)
      table.rows.push_back({markdown(figure.subject), what, theirs, "not measured"});
  }
  return table;
}

std::string published_section(const ScenarioComparison& scenario) {
  const auto& published = *scenario.published;
  const Table table = published_table(scenario, Unmeasured::left_out);
  return fmt::format(
             "### Published figures beside ours\n\nPublished by {}; machine: {}. Ours: this machine, this "
             "implementation. The two differ in both, so compare the order of the servers, not the "
             "figures.\n\n",
             markdown(published.source), markdown(published.machine, 200)) +
         (table.rows.empty() ? "None of the servers with a published figure took part.\n"
                             : markdown_table(table)) +
         "\n";
}

}  // namespace threadmill::plots
