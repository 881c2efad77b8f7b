#include "plots/report/published.h"

#include <fmt/format.h>

#include "plots/text/markdown_syntax.h"
#include "plots/text/text.h"
#include "results/comparison/cell.h"

namespace threadmill::plots {
namespace {

using results::Metric;
using results::Row;
using results::ScenarioComparison;

std::string published_metric_title(const std::string& metric) {
  if (metric == "requests_per_s") return "requests/s";
  if (metric == "cpu_percent_max") return "largest CPU, %";
  if (metric == "memory_mib_max") return "largest memory, MiB";
  return plain(metric);
}

std::string our_figure(const Row& row, const std::string& published_metric) {
  const std::string mark = results::is_comparable(row) ? "" : " (invalid)";
  if (const auto ours = results::ours_beside(row, published_metric)) return number(ours->median) + mark;
  const auto& mean = row.spreads[Metric::server_cpu_percent];
  // Where no gates were sampled, a window shorter than two samples has no maximum.
  if (published_metric == "cpu_percent_max" && mean)
    return number(mean->median) + " (mean of the window)" + mark;
  return std::string(no_number);
}

}  // namespace

std::string published_section(const ScenarioComparison& scenario) {
  const auto& published = *scenario.published;
  Table table;
  table.header = {"Server", "Figure", "published", "ours"};
  for (const auto& figure : published.figures) {
    const std::string theirs = (figure.approximate ? "~" : "") + exact(figure.value);
    for (const Row& row : scenario.rows) {
      if (row.subject != figure.subject) continue;
      table.rows.push_back({markdown(row.label), markdown(published_metric_title(figure.metric)), theirs,
                            our_figure(row, figure.metric)});
    }
  }
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
