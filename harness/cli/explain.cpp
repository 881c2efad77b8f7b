#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/option_values.h"
#include "harness/cli/verbs.h"
#include "harness/errors.h"
#include "harness/explain/explanation.h"
#include "harness/explain/measured_here.h"
#include "harness/json_output.h"
#include "harness/locations.h"
#include "harness/machine/environment.h"
#include "harness/suggest.h"
#include "harness/terminal.h"
#include "results/file/store.h"

namespace threadmill::harness {
namespace {

struct ExplainRequest {
  std::string model;
  std::optional<std::filesystem::path> results;
  bool as_json = false;
};

const servers::Model& model_called(const std::string& name) {
  const auto* model = servers::find_model(name);
  if (model != nullptr) return *model;
  std::vector<std::string> known;
  for (const auto& one : servers::models()) known.emplace_back(one.traits.name);
  throw InputError(unknown_name_message("model", name, known));
}

std::optional<MeasuredCosts> measured_costs(const ExplainRequest& request) {
  const auto here = describe_environment();
  const auto file = request.results ? request.results : newest_result_of(request.model, home_folder(), here);
  if (!file) return std::nullopt;
  try {
    const auto read = results::read_result_file(*file);
    const bool is_here = is_measured_here(read.header.value("environment", nlohmann::json::object()), here);
    return MeasuredCosts{results::compare({read}), file->string(), is_here};
  } catch (const results::ResultError& error) {
    throw InputError(fmt::format("--results {}", error.what()));
  }
}

void explain(const ExplainRequest& request) {
  const auto& model = model_called(request.model);
  const auto anatomy = servers::anatomy_of(request.model);
  const auto measured = measured_costs(request);
  if (request.as_json) return print_json(explanation_json(model.traits, anatomy, measured));
  fmt::print("{}", explanation_text(model.traits, anatomy, measured, look_of_stdout(false).columns));
}

}  // namespace

void add_explain(CLI::App& app, CommandLine&) {
  auto* verb = app.add_subcommand(
      "explain", "Tell of a model: its anatomy, what it cost here, when to choose it and how it fails");
  auto request = std::make_shared<ExplainRequest>();
  verb->add_option("model", request->model, "A model by name (threadmill list models)")
      ->required()
      ->type_name("MODEL");
  verb->add_option(
          "--results", request->results,
          "The result file whose figures are told (default: the newest of this machine that has the model)")
      ->type_name("FILE.jsonl");
  add_json(*verb, request->as_json, "what is told");
  verb->callback([request] { explain(*request); });
}

}  // namespace threadmill::harness
