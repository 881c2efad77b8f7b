#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/catalogue/scenario.h"
#include "harness/catalogue/study.h"
#include "harness/catalogue/subject.h"
#include "harness/catalogue/suite.h"
#include "harness/cli/option_values.h"
#include "harness/cli/verbs.h"
#include "harness/explain/explanation.h"
#include "harness/json_output.h"
#include "harness/locations.h"
#include "plots/text/text.h"
#include "servers/registry.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;

// A row of a listing: the cells as text, and the same as JSON.
struct Row {
  std::vector<std::string> cells;
  json document;
};

std::vector<Row> list_models() {
  std::vector<Row> rows;
  const auto subjects = known_subjects(program_folder() / "threadmill-server", home_folder());
  for (const auto& subject : subjects) {
    const auto services = fmt::format("{}", fmt::join(subject.services, ","));
    const std::string origin = subject.is_variant ? "variant" : subject.is_model ? "model" : "foreign";
    const std::string concurrency = subject.concurrency.empty() ? "its own" : subject.concurrency;
    const auto missing = why_missing(subject);
    const auto summary = subject.summary + (missing ? fmt::format(" ({})", *missing) : "");
    rows.push_back({{subject.name, origin, services, concurrency, summary},
                    {{"name", subject.name},
                     {"origin", origin},
                     {"services", subject.services},
                     {"concurrency", concurrency},
                     {"summary", subject.summary},
                     {"available", !missing}}});
  }
  return rows;
}

/// Our models with all that the registry says of them; what a model has not is "–".
std::vector<Row> list_traits() {
  const std::vector<std::string> columns = {"concurrency", "clients of each", "services", "flush",
                                            "workers",     "loops",           "shared"};
  std::vector<Row> rows = {{{"model"}, json()}};
  rows[0].cells.insert(rows[0].cells.end(), columns.begin(), columns.end());
  for (const auto& model : servers::models()) {
    Row row{
        {std::string(model.traits.name)},
        {{"name", model.traits.name}, {"summary", model.traits.summary}, {"ceiling", model.traits.ceiling}}};
    const auto traits = traits_in_words(model.traits);
    for (const auto& column : columns) {
      const auto found =
          std::find_if(traits.begin(), traits.end(), [&](const auto& t) { return t.name == column; });
      row.cells.push_back(found == traits.end() ? "–" : found->value);
    }
    for (const auto& trait : traits) row.document["traits"][trait.name] = trait.value;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Row> list_scenarios() {
  std::vector<Row> rows;
  for (const auto& scenario : read_scenarios(home_folder() / "harness/scenarios")) {
    rows.push_back({{scenario.name, scenario.service, fmt::format("{}", fmt::join(scenario.subjects, ",")),
                     scenario.title},
                    scenario.to_json()});
  }
  return rows;
}

std::vector<Row> list_suites() {
  std::vector<Row> rows;
  for (const auto& suite : read_suites(home_folder() / "harness/suites")) {
    rows.push_back({{suite.name, fmt::format("{} repeats", suite.repeats),
                     fmt::format("{}", fmt::join(suite.scenarios, ",")), suite.title},
                    {{"name", suite.name},
                     {"title", suite.title},
                     {"repeats", suite.repeats},
                     {"scenarios", suite.scenarios}}});
  }
  return rows;
}

std::vector<Row> list_studies() {
  std::vector<Row> rows;
  const auto known = read_scenarios(home_folder() / "harness/scenarios");
  for (const auto& study : read_studies(home_folder() / "harness/studies")) {
    std::vector<std::string> scenarios;
    for (const auto& scenario : scenarios_of(study, known)) scenarios.push_back(scenario.name);
    rows.push_back({{study.name, fmt::format("{} repeats", study.repeats),
                     fmt::format("{}", fmt::join(scenarios, ",")), study.title},
                    {{"name", study.name},
                     {"title", study.title},
                     {"repeats", study.repeats},
                     {"scenarios", scenarios},
                     {"subjects", study.subjects},
                     {"peers", study.peers}}});
  }
  return rows;
}

void print_aligned(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(row.cells.size());
    for (std::size_t i = 0; i + 1 < row.cells.size(); ++i)
      widths[i] = std::max(widths[i], plots::width(row.cells[i]));
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const std::size_t taken = plots::width(row.cells[i]);
      fmt::print("{}{:{}}  ", row.cells[i], "", std::max(widths[i], taken) - taken);
    }
    fmt::print("\n");
  }
}

json documents_of(const std::vector<Row>& rows) {
  json list = json::array();
  for (const auto& row : rows)
    if (!row.document.is_null()) list.push_back(row.document);
  return list;
}

}  // namespace

void add_list(CLI::App& app, CommandLine&) {
  auto* verb = app.add_subcommand("list", "List what there is to run");
  verb->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, std::vector<Row> (*rows)(),
                       std::vector<Row> (*more)() = nullptr) {
    auto* noun = verb->add_subcommand(name, help);
    auto as_json = std::make_shared<bool>(false);
    add_json(*noun, *as_json, "the list");
    auto verbose = std::make_shared<bool>(false);
    if (more != nullptr) noun->add_flag("--verbose", *verbose, "Our models only, with their traits");
    noun->callback([as_json, verbose, rows, more] {
      const auto list = *verbose ? more() : rows();
      *as_json ? print_json(documents_of(list)) : print_aligned(list);
    });
  };
  add("models", "Concurrency models and foreign subjects, with the services that they offer", list_models,
      list_traits);
  add("scenarios", "Experiments, with their default subjects", list_scenarios);
  add("suites", "Named lists of scenarios", list_suites);
  add("studies", "Sources' own experiments, whose claims `study` judges", list_studies);
}

}  // namespace threadmill::harness
