#include "plots/report/request_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "plots/text/text.h"
#include "plots/words/cells.h"

namespace threadmill::plots {
namespace {

using results::Metric;
using results::Row;
using results::ScenarioComparison;
using results::Trial;

template <typename Has>
bool any_trial(const Row& row, Has has) {
  return std::any_of(row.trials.begin(), row.trials.end(), has);
}

bool not_counted(const Row& row) {
  return any_trial(row, [](const Trial& trial) { return !trial.explanation.syscalls_unavailable.empty(); });
}

std::string syscalls_cell(const Row& row) {
  if (!row.spreads[Metric::syscalls_per_request] && not_counted(row)) return "n/a";
  return median_cell(row, Metric::syscalls_per_request, number);
}

std::string reasons_for_no_syscalls(const ScenarioComparison& scenario) {
  std::map<std::string, std::set<std::string>> servers_of_reason;
  for (const Row& row : scenario.rows) {
    for (const Trial& trial : row.trials) {
      const auto& reason = trial.explanation.syscalls_unavailable;
      if (!reason.empty()) servers_of_reason[reason].insert(markdown(row.label));
    }
  }
  std::string text;
  for (const auto& [reason, servers] : servers_of_reason) {
    const bool all = servers.size() == scenario.rows.size();
    text += fmt::format("- System calls{} were not counted: {}.\n",
                        all ? "" : fmt::format(" of {}", fmt::join(servers, ", ")), markdown(reason, 300));
  }
  return text;
}

std::string ended_threads(const ScenarioComparison& scenario) {
  std::vector<std::string> servers;
  for (const Row& row : scenario.rows) {
    const auto ended = [](const Trial& trial) { return trial.valid() && trial.explanation.threads_ended; };
    if (any_trial(row, ended)) servers.push_back(markdown(row.label));
  }
  if (servers.empty()) return {};
  return fmt::format(
      "- Threads or processes of {} ended in the window, and the kernel tells nobody how often they had been "
      "switched: their switches are of the pass that counts system calls, where there is one, and not told "
      "apart.\n",
      fmt::join(servers, ", "));
}

std::string accounts_that_differ(const Row& row) {
  std::optional<double> worst;
  for (const Trial& trial : row.trials) {
    const auto& error = trial.explanation.account_error;
    if (error && std::abs(*error) > std::abs(worst.value_or(0))) worst = error;
  }
  if (!worst) return {};
  return fmt::format(
      "- {}: the CPU time that was sampled is {:+.1f} % off the kernel's own account at the server's end: "
      "what "
      "it does after the load, or children that nobody reaped.\n",
      markdown(row.label), 100 * *worst);
}

}  // namespace

Table request_table(const ScenarioComparison& scenario) {
  const auto& rows = scenario.rows;
  const std::string per = scenario.pubsub ? "/publish" : "/request";
  Table table;
  table.add_column("Server", rows, [](const Row& row) { return markdown(label_cell(row)); });
  const auto add = [&](const std::string& title, Metric metric, std::string (*format)(double)) {
    const auto has = [&](const Row& row) { return row.spreads[metric].has_value(); };
    if (std::none_of(rows.begin(), rows.end(), has)) return;
    table.add_column(title, rows, [&](const Row& row) { return median_cell(row, metric, format); });
  };
  add("user CPU-µs" + per, Metric::user_cpu_us_per_request, number);
  add("system CPU-µs" + per, Metric::system_cpu_us_per_request, number);
  if (std::any_of(rows.begin(), rows.end(), [](const Row& row) {
        return row.spreads[Metric::syscalls_per_request].has_value() || not_counted(row);
      })) {
    table.add_column("system calls" + per, rows, syscalls_cell);
  }
  add("voluntary switches" + per, Metric::voluntary_switches_per_request, number);
  add("involuntary switches" + per, Metric::involuntary_switches_per_request, number);
  add("page faults" + per, Metric::page_faults_per_request, number);
  add("sampler's CPU", Metric::sampler_cpu_percent, percent);
  return table;
}

std::string request_notes(const ScenarioComparison& scenario) {
  std::string text = reasons_for_no_syscalls(scenario) + ended_threads(scenario);
  for (const Row& row : scenario.rows) text += accounts_that_differ(row);
  return text;
}

}  // namespace threadmill::plots
