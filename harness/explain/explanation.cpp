#include "harness/explain/explanation.h"

#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "results/comparison/cell.h"
#include "results/costs/cost_model.h"

namespace threadmill::harness {
namespace {

using results::Metric;
using results::Row;
using servers::ModelTraits;
using Object = nlohmann::ordered_json;

struct Cell {
  const results::ScenarioComparison* scenario;
  const Row* row;
};

/// The model's rows that have a valid trial, one for each scenario.
std::vector<Cell> cells_of(const MeasuredCosts& measured, std::string_view model) {
  std::vector<Cell> cells;
  for (const auto& scenario : measured.comparison.scenarios) {
    for (const Row& row : scenario.rows) {
      if (row.subject == model && row.valid > 0) cells.push_back({&scenario, &row});
    }
  }
  return cells;
}

std::optional<results::Percentiles> latency_of(const Cell& cell) {
  return cell.row->latency(cell.scenario->main_latency);
}

plots::Table table_of(const std::vector<Cell>& cells) {
  plots::Table table;
  table.add_column("scenario", cells, [](const Cell& cell) { return plots::plain(cell.scenario->name, 30); });
  const auto add = [&](const char* title, Metric metric, std::string (*format)(double)) {
    table.add_column(title, cells,
                     [=](const Cell& cell) { return plots::median_cell(*cell.row, metric, format); });
  };
  add("requests/s", Metric::requests_per_s, plots::number);
  add("CPU-µs/req", Metric::cpu_us_per_request, plots::number);
  add("switches", Metric::switches_per_request, plots::number);
  add("syscalls", Metric::syscalls_per_request, plots::number);
  add("mem/conn", Metric::bytes_per_connection, plots::bytes);
  table.add_column("p99", cells, [](const Cell& cell) {
    return plots::percentile_cell(*cell.row, cell.scenario->main_latency, &results::Percentiles::p99_ns);
  });
  table.add_column("verdict", cells, [](const Cell& cell) {
    return std::string(results::cell_state_name(results::judge_cell(*cell.row).state));
  });
  return table;
}

std::string flushes_in_words(const ModelTraits& model) {
  std::vector<std::string_view> names;
  for (const auto flush : model.flushes) names.push_back(servers::to_string(flush));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string work_in_words(const ModelTraits& model) {
  std::vector<std::string> items;
  for (const auto& item : model.work) {
    const auto each =
        item.often == servers::Often::request ? "" : fmt::format(" per {}", to_string(item.often));
    items.push_back(fmt::format("{}{}{}", item.times == 1 ? "" : fmt::format("{:g} ", item.times),
                                to_string(item.work), each));
  }
  return fmt::format("{}", fmt::join(items, ", "));
}

std::string workers_in_words(servers::Workers workers) {
  switch (workers) {
    case servers::Workers::fixed:
      return "--workers N, one for each CPU";
    case servers::Workers::spare:
      return fmt::format("--workers N ready, {}", servers::kSpareWorkers);
    case servers::Workers::none:
      break;
  }
  return {};
}

std::string how_to_measure(const ModelTraits& model) {
  if (model.one_at_a_time) return fmt::format("threadmill run calls-sync --models {}", model.name);
  return fmt::format("threadmill run echo-64 echo-1000 --models {}{}", model.name,
                     model.ceiling ? "" : ",bare-epoll");
}

std::string predictions_text(const MeasuredCosts& measured, std::string_view model, std::size_t columns) {
  std::string text;
  for (const auto& scenario : results::cost_model(measured.comparison)) {
    for (const auto& row : scenario.rows) {
      if (row.row->subject != model) continue;
      std::vector<std::string> parts;
      for (const auto& part : row.predicted.parts)
        parts.push_back(fmt::format("{} {:.2f} × = {:.2f}", part.work, part.times, part.us));
      text += plots::wrapped(fmt::format("{}: of {} CPU-µs per request the cost model explains {}: {}.",
                                         scenario.scenario->name, plots::number(row.measured_us),
                                         plots::number(row.predicted.us()), fmt::join(parts, ", ")),
                             "  ", columns);
    }
  }
  return text;
}

std::string costs_text(const ModelTraits& model, const std::optional<MeasuredCosts>& measured,
                       std::size_t columns) {
  const auto cells = measured ? cells_of(*measured, model.name) : std::vector<Cell>{};
  if (cells.empty()) {
    const auto where = measured ? fmt::format("{} has no valid trial of it", measured->file)
                                : std::string("no result file of this machine has it");
    return plots::wrapped(fmt::format("Costs measured here: {}. Measure it:", where), "", columns) + "  " +
           how_to_measure(model) + "\n";
  }
  const auto& run = measured->comparison.runs.front();
  std::string text =
      plots::wrapped(fmt::format("Costs measured {}, {}, medians ({}; of chat, per publication):",
                                 measured->here ? "here" : "on another machine",
                                 plots::plain(run.created, 20), plots::plain(measured->file, 200)),
                     "", columns);
  text += plots::aligned(table_of(cells));
  return text + predictions_text(*measured, model.name, columns);
}

Object figure(const Row& row, Metric metric) {
  const auto& spread = row.spreads[metric];
  return spread ? Object(spread->median) : Object(nullptr);
}

Object cell_json(const Cell& cell) {
  Object object = {{"scenario", cell.scenario->name},
                   {"verdict", results::cell_state_name(results::judge_cell(*cell.row).state)}};
  for (const Metric metric :
       {Metric::requests_per_s, Metric::cpu_us_per_request, Metric::switches_per_request,
        Metric::syscalls_per_request, Metric::bytes_per_connection})
    object[std::string(results::traits_of(metric).name)] = figure(*cell.row, metric);
  const auto latency = latency_of(cell);
  object["p99_ns"] = latency && latency->p99_ns ? Object(*latency->p99_ns) : Object(nullptr);
  return object;
}

}  // namespace

std::vector<TraitText> traits_in_words(const ModelTraits& model) {
  std::vector<TraitText> all = {
      {"services", fmt::format("{}", fmt::join(model.services, ", "))},
      {"concurrency", std::string(model.concurrency)},
      {"clients of each", std::string(clients_per_worker(model))},
      {"shared", std::string(model.shared)},
      {"workers", workers_in_words(model.workers)},
      {"loops", model.shards ? "--loops N" : ""},
      {"flush", flushes_in_words(model)},
      {"a request", work_in_words(model)},
  };
  std::erase_if(all, [](const TraitText& trait) { return trait.value.empty(); });
  return all;
}

std::string explanation_text(const ModelTraits& model, const servers::Anatomy& anatomy,
                             const std::optional<MeasuredCosts>& measured, std::size_t columns) {
  std::string text;
  bool drawn = anatomy.drawing.empty();
  for (const auto& part : anatomy.parts) {
    text +=
        plots::wrapped(part.label.empty() ? part.text : part.label + ": " + part.text, "", columns) + "\n";
    if (drawn) continue;
    drawn = true;
    std::string drawing = anatomy.drawing;
    for (std::size_t at = 0; (at = drawing.find('\n', at)) + 1 < drawing.size(); at += 4)
      drawing.insert(at + 1, "   ");
    text += "   " + drawing + "\n";
  }
  for (const auto& trait : traits_in_words(model))
    text += fmt::format("{:<16} {}\n", trait.name, trait.value);
  return text + "\n" + costs_text(model, measured, columns);
}

Object explanation_json(const ModelTraits& model, const servers::Anatomy& anatomy,
                        const std::optional<MeasuredCosts>& measured) {
  Object parts = Object::array();
  for (const auto& part : anatomy.parts) parts.push_back({{"label", part.label}, {"text", part.text}});
  Object traits = Object::object();
  for (const auto& trait : traits_in_words(model)) traits[trait.name] = trait.value;
  Object document = {{"model", model.name},        {"summary", model.summary}, {"traits", traits},
                     {"drawing", anatomy.drawing}, {"parts", parts},           {"measured", nullptr}};
  if (!measured) return document;
  Object cells = Object::array();
  for (const Cell& cell : cells_of(*measured, model.name)) cells.push_back(cell_json(cell));
  document["measured"] = {{"file", measured->file}, {"here", measured->here}, {"cells", cells}};
  return document;
}

}  // namespace threadmill::harness
