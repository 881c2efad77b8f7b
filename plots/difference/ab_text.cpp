#include "plots/difference/ab_text.h"

#include <fmt/format.h>

#include <cmath>

#include "plots/text/table.h"
#include "plots/text/terminal_parts.h"
#include "plots/text/text.h"
#include "plots/words/json_parts.h"
#include "plots/words/metric_text.h"

namespace threadmill::plots {
namespace {

using nlohmann::ordered_json;
using results::AbMetric;
using results::AbReport;
using results::Metric;
using results::RatioEstimate;

std::string name_of(const AbMetric& metric) { return std::string(results::traits_of(metric.metric).name); }

std::string times(double ratio) { return fmt::format("{:.3f}", ratio); }

std::string percent_of(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string interval_cell(const std::optional<RatioEstimate>& ratio) {
  if (!ratio || !ratio->interval) return std::string(no_number);
  return times(ratio->interval->low) + " to " + times(ratio->interval->high);
}

Table table_of(const AbReport& report) {
  const auto& metrics = report.metrics;
  Table table;
  table.add_column("metric", metrics, name_of);
  table.add_column(plain(report.a, 20), metrics,
                   [](const AbMetric& m) { return median_of_metric(m.metric, m.a); });
  table.add_column(plain(report.b, 20), metrics,
                   [](const AbMetric& m) { return median_of_metric(m.metric, m.b); });
  table.add_column("ratio", metrics, [](const AbMetric& m) {
    return m.contrast.ratio ? times(m.contrast.ratio->ratio) : std::string(no_number);
  });
  table.add_column("95 %", metrics, [](const AbMetric& m) { return interval_cell(m.contrast.ratio); });
  table.add_column("noise", metrics, [](const AbMetric& m) { return share_words(m.contrast.noise_floor); });
  table.add_column("p (Holm)", metrics, [](const AbMetric& m) {
    return m.contrast.ratio ? fmt::format("{:.3f}", m.corrected_p) : std::string(no_number);
  });
  table.add_column("n", metrics, [](const AbMetric& m) {
    return std::to_string(m.contrast.ratio ? m.contrast.ratio->first_count : 0);
  });
  return table;
}

/// "4.8 % more": what is `more` where the ratio is above 1, and `less` where it is below.
std::string by_how_much(double ratio, const char* more, const char* less) {
  return percent_of(std::abs(ratio - 1)) + " " + (ratio > 1 ? more : less);
}

std::string range(const RatioEstimate& ratio) {
  const auto& [low, high, confidence] = *ratio.interval;
  const bool more = ratio.ratio > 1;
  return fmt::format("({:.1f} to {:.1f} %)", 100 * (more ? low - 1 : 1 - high),
                     100 * (more ? high - 1 : 1 - low));
}

std::string difference(const AbReport& report, const AbMetric& metric) {
  const RatioEstimate& ratio = *metric.contrast.ratio;
  const std::string a = plain(report.a), b = plain(report.b);
  const auto needs_cpu = [&](const char* per) {
    return fmt::format("{} needs {} CPU per {} than {} {}", b, by_how_much(ratio.ratio, "more", "less"), per,
                       a, range(ratio));
  };
  if (metric.metric == Metric::cpu_us_per_request) return needs_cpu("request");
  if (metric.metric == Metric::cpu_us_per_delivery) return needs_cpu("delivery");
  return fmt::format("{} of {} is {} than that of {} {}", name_of(metric), b,
                     by_how_much(ratio.ratio, "higher", "lower"), a, range(ratio));
}

std::string finding(const AbReport& report, const AbMetric& metric) {
  const auto& contrast = metric.contrast;
  if (!metric.spoiled_by.empty())
    return fmt::format("{}: cannot say; {}", name_of(metric), plain(metric.spoiled_by, 200));
  if (!contrast.ratio || !contrast.ratio->interval)
    return fmt::format("{}: too few samples to tell anything; six blocks are the least", name_of(metric));
  if (metric.differs) return difference(report, metric);
  if (!contrast.smallest_detectable)
    return fmt::format("{}: no difference found; so few blocks can show none among {} metrics",
                       name_of(metric), report.metrics.size());
  return fmt::format("{}: no difference found; one of {} or more would have been seen 9 times of 10",
                     name_of(metric), percent_of(*contrast.smallest_detectable));
}

std::string winner(const AbReport& report) {
  if (report.metrics.empty()) return "Neither side has any of the metrics";
  const AbMetric& first = report.metrics.front();
  const auto better = first.better();
  if (!first.contrast.ratio || !first.contrast.ratio->interval)
    return "By " + name_of(first) + " one cannot say who wins";
  if (!better) return "By " + name_of(first) + " neither wins";
  return fmt::format("By {} {} wins", name_of(first), plain(*better == 'a' ? report.a : report.b));
}

ordered_json spread_json(const std::optional<results::Spread>& spread) {
  if (!spread) return nullptr;
  return {{"median", spread->median}, {"min", spread->min}, {"max", spread->max}, {"trials", spread->count}};
}

ordered_json ratio_json(const AbMetric& metric) {
  const auto& ratio = metric.contrast.ratio;
  ordered_json json = {
      {"ratio", nullptr}, {"interval", nullptr}, {"p", nullptr}, {"p_holm", nullptr}, {"blocks", 0}};
  if (!ratio) return json;
  json["ratio"] = ratio->ratio;
  if (ratio->interval) json["interval"] = {ratio->interval->low, ratio->interval->high};
  json["p"] = ratio->p_value;
  json["p_holm"] = metric.corrected_p;
  json["blocks"] = ratio->first_count;
  return json;
}

ordered_json metric_json(const AbReport& report, const AbMetric& metric) {
  ordered_json json = {
      {"metric", name_of(metric)}, {"a", spread_json(metric.a)}, {"b", spread_json(metric.b)}};
  json.update(ratio_json(metric));
  json["noise_floor"] = number_or_null(metric.contrast.noise_floor);
  json["smallest_detectable"] = number_or_null(metric.contrast.smallest_detectable);
  json["differs"] = metric.differs;
  const auto better = metric.better();
  json["better"] = better ? ordered_json(*better == 'a' ? report.a : report.b) : ordered_json(nullptr);
  json["finding"] = finding(report, metric);
  return json;
}

}  // namespace

std::string ab_text(const AbReport& report) {
  std::string text =
      wrapped(fmt::format("{} (b) against {} (a) in {}, {:.0f} s of measuring", plain(report.b),
                          plain(report.a), plain(report.scenario), report.took_s),
              "");
  if (!report.problem.empty()) {
    text += wrapped("invalid: " + plain(report.problem, 400) + ".", "  ");
  } else {
    if (!report.metrics.empty()) text += aligned(table_of(report));
    for (const AbMetric& metric : report.metrics) text += wrapped(finding(report, metric) + ".", "  ");
    text += wrapped(winner(report) + ".", "  ");
  }
  for (const std::string& warning : report.warnings) text += wrapped("! " + plain(warning, 300), "  ");
  return text;
}

std::string ab_progress_line(const AbReport& report, std::size_t blocks, double took_s) {
  std::string line = fmt::format("blocks: {}, {:.0f} s", blocks, took_s);
  if (report.metrics.empty() || !report.metrics.front().contrast.ratio) return line;
  const AbMetric& first = report.metrics.front();
  line += fmt::format(": {} b/a {}", name_of(first), times(first.contrast.ratio->ratio));
  return first.contrast.ratio->interval ? line + " (" + interval_cell(first.contrast.ratio) + ")" : line;
}

ordered_json ab_json(const AbReport& report) {
  ordered_json json = {{"scenario", report.scenario}, {"a", report.a}, {"b", report.b}};
  json["problem"] = text_or_null(report.problem);
  json["precise_enough"] = report.precise_enough;
  json["took_s"] = report.took_s;
  json["metrics"] =
      array_of(report.metrics, [&](const AbMetric& metric) { return metric_json(report, metric); });
  json["warnings"] = report.warnings;
  return json;
}

}  // namespace threadmill::plots
