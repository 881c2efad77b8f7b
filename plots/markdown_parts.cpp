#include "plots/markdown_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plots/cells.h"
#include "plots/request_table.h"
#include "plots/text.h"
#include "plots/words.h"

namespace threadmill::plots {
namespace {

using results::Metric;
using results::Percentiles;
using results::Row;
using results::ScenarioComparison;

/// Below it the interval of the median is the whole range, which has a column of its own.
constexpr std::size_t fewest_for_interval = 9;

bool has_interval(const Row& row, Metric metric) {
  const auto& spread = row.spreads[metric];
  return spread && spread->interval && spread->count >= fewest_for_interval;
}

std::string interval_cell(const Row& row, Metric metric) {
  const auto& spread = row.spreads[metric];
  if (!has_interval(row, metric)) return std::string(no_number);
  return fmt::format("{} to {} ({:.1f} %)", number(spread->interval->low), number(spread->interval->high),
                     100 * spread->interval->confidence);
}

bool any_interval(const ScenarioComparison& scenario) {
  return std::any_of(scenario.rows.begin(), scenario.rows.end(),
                     [&](const Row& row) { return has_interval(row, scenario.main_metric); });
}

bool has_ceiling(const ScenarioComparison& scenario) {
  return std::any_of(scenario.rows.begin(), scenario.rows.end(), [](const Row& row) { return row.ceiling; });
}

enum class Tail { p999, p99 };

void add_percentiles(Table& table, const std::vector<Row>& rows, results::Latency latency,
                     const std::string& prefix, Tail up_to = Tail::p999) {
  const auto add = [&](const char* name, double Percentiles::*which) {
    table.add_column(prefix + name, rows,
                     [&](const Row& row) { return percentile_cell(row.latency(latency), which); });
  };
  add("p50", &Percentiles::p50_ns);
  add("p99", &Percentiles::p99_ns);
  if (up_to == Tail::p999) add("p99.9", &Percentiles::p999_ns);
}

std::string published_metric_title(const std::string& metric) {
  if (metric == "requests_per_s") return "requests/s";
  if (metric == "cpu_percent_max") return "largest CPU, %";
  if (metric == "memory_mib_max") return "largest memory, MiB";
  return plain(metric);
}

std::string our_figure(const Row& row, const std::string& published_metric) {
  if (const auto ours = results::ours_beside(row, published_metric)) return number(ours->median);
  const auto& mean = row.spreads[Metric::server_cpu_percent];
  // Where no gates were sampled, a window shorter than two samples has no maximum.
  if (published_metric == "cpu_percent_max" && mean) return number(mean->median) + " (mean of the window)";
  return std::string(no_number);
}

bool is_measured(const results::Comparison& comparison, Metric metric) {
  for (const auto& scenario : comparison.scenarios) {
    const auto has = [&](const Row& row) { return row.spreads[metric].has_value(); };
    if (std::any_of(scenario.rows.begin(), scenario.rows.end(), has)) return true;
  }
  return false;
}

}  // namespace

std::string markdown_table(const Table& table, Align align) {
  const auto line = [](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const std::string& cell : cells) text += " " + cell + " |";
    return text + "\n";
  };
  std::string text = line(table.header) + "|";
  for (std::size_t i = 0; i < table.header.size(); ++i)
    text += i > 0 && align == Align::numbers ? " ---: |" : " --- |";
  text += "\n";
  for (const auto& row : table.rows) text += line(row);
  return text;
}

std::string markdown_code(const std::string& text) {
  std::string result = plain(text, 80);
  std::replace(result.begin(), result.end(), '`', '\'');
  std::replace(result.begin(), result.end(), '|', '/');
  return result;
}

std::string markdown_code_block(const std::string& text) {
  std::size_t longest = 0, current = 0;
  for (const char c : text) longest = std::max(longest, current = c == '`' ? current + 1 : 0);
  const std::string fence(std::max<std::size_t>(3, longest + 1), '`');
  return fence + "sh\n" + text + "\n" + fence + "\n";
}

Table speed_table(const ScenarioComparison& scenario) {
  const auto& rows = scenario.rows;
  const Metric main = scenario.main_metric;
  Table table;
  table.add_column("Server", rows, [](const Row& row) { return markdown(label_cell(row)); });
  table.add_column(main_unit(scenario), rows,
                   [&](const Row& row) { return "**" + main_cell(row, main) + "**"; });
  table.add_column("min to max", rows, [&](const Row& row) { return range_cell(row, main, number); });
  if (any_interval(scenario)) {
    table.add_column("interval of the median", rows,
                     [&](const Row& row) { return interval_cell(row, main); });
  }
  if (has_ceiling(scenario)) table.add_column("of ceiling", rows, of_ceiling_cell);
  if (scenario.pubsub) {
    table.add_column("publishes/s", rows,
                     [](const Row& row) { return median_cell(row, Metric::requests_per_s, number); });
    add_percentiles(table, rows, scenario.main_latency,
                    scenario.paced ? "delivery from schedule " : "delivery ");
    // Deliveries are what users wait for: of replies, less will do.
    if (scenario.paced) {
      add_percentiles(table, rows, results::Latency::response, "reply response ", Tail::p99);
      add_percentiles(table, rows, results::Latency::service, "reply service ", Tail::p99);
    } else {
      add_percentiles(table, rows, results::Latency::service, "reply ");
    }
  } else if (scenario.paced) {
    add_percentiles(table, rows, results::Latency::response, "response ");
    add_percentiles(table, rows, results::Latency::service, "service ");
  } else {
    add_percentiles(table, rows, results::Latency::service, "");
  }
  table.add_column("limited by", rows, [](const Row& row) {
    const std::string word = limit_word(row);
    return word.empty() ? std::string(no_number) : word;
  });
  table.add_column("valid trials", rows, trials_cell);
  return table;
}

Table cost_table(const ScenarioComparison& scenario) {
  const auto& rows = scenario.rows;
  const auto median_of = [&](Metric metric, std::string (*format)(double)) {
    return [metric, format](const Row& row) { return median_cell(row, metric, format); };
  };
  Table table;
  table.add_column("Server", rows, [](const Row& row) { return markdown(label_cell(row)); });
  table.add_column(scenario.pubsub ? "CPU-µs/publish" : "CPU-µs/request", rows,
                   median_of(Metric::cpu_us_per_request, number));
  if (scenario.pubsub) {
    table.add_column("CPU-µs/delivery", rows, median_of(Metric::cpu_us_per_delivery, number));
  }
  table.add_column("server CPU", rows, median_of(Metric::server_cpu_percent, percent));
  table.add_column("peak PSS", rows, median_of(Metric::pss_peak_bytes, bytes));
  table.add_column("memory/connection", rows, [&](const Row& row) {
    const std::string cell = median_cell(row, Metric::bytes_per_connection, bytes);
    return row.memory_is_growth || cell == no_number ? cell : cell + " (whole server)";
  });
  table.add_column(scenario.pubsub ? "switches/publish" : "switches/request", rows,
                   median_of(Metric::switches_per_request, number));
  table.add_column("generator CPU", rows, median_of(Metric::generator_cpu_percent, percent));
  table.add_column("flush", rows,
                   [](const Row& row) { return row.flush.empty() ? "its own" : markdown(row.flush, 20); });
  return table;
}

std::string scenario_notes(const ScenarioComparison& scenario) {
  std::string text, held_back;
  for (const Row& row : scenario.rows) {
    if (row.is_generator_bound()) held_back += (held_back.empty() ? "" : ", ") + markdown(row.label);
  }
  if (!held_back.empty()) {
    text += fmt::format(
        "- Limited by the load generator, not by the server: {}. Each can do at least what is shown.\n",
        held_back);
  }
  for (const Row& row : scenario.rows) {
    if (!row.errors.empty() || !row.integrity.empty()) {
      text += fmt::format("- {}: errors: {}; integrity: {}.\n", markdown(row.label),
                          markdown(counts_text(row.errors), 200), markdown(counts_text(row.integrity), 200));
    }
  }
  text += request_notes(scenario);
  return text.empty() ? text : text + "\n";
}

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

std::string how_to_read(const results::Comparison& comparison) {
  std::string text = "## How to read the columns\n\n";
  text +=
      "- Cells are medians over the valid repeats. Percentiles are of the histograms of all valid repeats "
      "merged into "
      "one; percentiles are never averaged.\n";
  std::set<std::size_t> counts;
  for (const auto& scenario : comparison.scenarios) {
    for (const Row& row : scenario.rows) {
      if (row.valid > 1) counts.insert(row.valid);
    }
  }
  for (const std::size_t count : counts) {
    text += fmt::format(
        "- With {} valid trials, min to max contains the true median with {:.1f} % confidence, whatever "
        "the distribution, if the trials are independent of each other{}.\n",
        count, 100 * results::range_confidence(count),
        count < 6 ? "; an interval of at least 95 % takes six" : "");
  }
  text += fmt::format(
      "- `of ceiling`: the ratio to `{}`, a bare epoll echo loop with nothing around it, taken within each "
      "repeat; median (min to max). It is no server to choose: what a model's session, limits and accounting "
      "cost shows against it. A ratio near 1 or slightly above is noise or batching.\n",
      results::ceiling_subject);
  text +=
      "- `limited by`: what kept the figure from being higher. `generator`: its busiest thread was full (95 "
      "% "
      "of a CPU, waiting for one included) while the server had time left, most answers waited for it to be "
      "read, "
      "or requests left late; the server could have done more, and its figure has `≥` before it. `server`: "
      "the "
      "server used 90 % or more of the CPUs it could use (those it was given, at most one for each of its "
      "threads), answers waited for it, or what was due could not be sent. `schedule`: all that was due was "
      "sent "
      "in time and answered. `none`: both had time left, so the way there and back set the pace. `mixed`: no "
      "more "
      "than half of the trials agree. `shared CPU`: server and generator ran on the same CPUs, so nobody can "
      "say.\n";
  text +=
      "- `warm-up ended`: with a steady rate, or at its cap while the rate still changed. `delivery "
      "contracts`: "
      "which of at most once, at least once, exactly once and ordered per publisher the messages broke, in "
      "all "
      "trials, invalid ones too; a run can refute a promise and not prove it.\n";
  text += "- `its own` in the column `flush`: a foreign program decides itself when it writes.\n";
  for (const auto& traits : results::metrics()) {
    if (!is_measured(comparison, traits.metric)) continue;
    text += fmt::format("- `{}` (its name in the CSV): {}\n", traits.name, traits.meaning);
  }
  return text + "\n";
}

}  // namespace threadmill::plots
