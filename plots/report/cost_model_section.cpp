#include "plots/report/cost_model_section.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "plots/text/markdown_syntax.h"
#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "results/costs/cost_model.h"

namespace threadmill::plots {
namespace {

using results::CostModelRow;
using results::CostModelScenario;

constexpr int kPercent = 100;

/// "receive 0.99 + send 2.80 + 0.12 epoll_turn 0.07".
std::string parts_cell(const CostModelRow& row) {
  std::vector<std::string> parts;
  for (const auto& part : row.predicted.parts) {
    const std::string times = part.times == 1 ? "" : number(part.times) + " ";
    parts.push_back(fmt::format("{}{} {}", times, markdown(part.work), number(part.us)));
  }
  return fmt::format("{}", fmt::join(parts, " + "));
}

std::string unexplained_cell(const CostModelRow& row) {
  return fmt::format("{:+.2f} ({:+.0f} %)", row.unexplained_us(), kPercent * row.unexplained_share());
}

Table table_of(const CostModelScenario& model) {
  const auto& rows = model.rows;
  Table table;
  table.add_column("Server", rows, [](const CostModelRow& row) { return markdown(label_cell(*row.row)); });
  table.add_column("measured CPU-µs/request", rows,
                   [](const CostModelRow& row) { return number(row.measured_us); });
  table.add_column("predicted", rows, [](const CostModelRow& row) { return number(row.predicted.us()); });
  table.add_column("unexplained", rows, unexplained_cell);
  table.add_column("of what", rows, parts_cell);
  return table;
}

/// "Within 25 %: 8 of 10; not explained: fork, select."
std::string tally(const CostModelScenario& model) {
  std::vector<std::string> others;
  std::size_t explained = 0;
  for (const CostModelRow& row : model.rows) {
    if (row.is_explained()) {
      ++explained;
    } else {
      others.push_back(markdown(row.row->label));
    }
  }
  std::string text = fmt::format("Within {:.0f} % of what was measured: {} of {}.",
                                 kPercent * results::kExplainedWithin, explained, model.rows.size());
  if (!others.empty()) text += fmt::format(" Not explained: {}.", fmt::join(others, ", "));
  for (const std::string& why : model.unpredicted)
    text += fmt::format(" Not predicted: {}.", markdown(why, 200));
  return text + "\n\n";
}

}  // namespace

std::string cost_model_section(const results::Comparison& comparison) {
  const auto models = results::cost_model(comparison);
  if (models.empty()) return {};
  std::string text =
      "## Cost model\n\n"
      "CPU time of a request, predicted from what the pieces of work cost by themselves on this machine "
      "(`threadmill primitives`) and from how often a model does each of them for a request. Messages are as "
      "the "
      "model says; context switches, and system calls that nothing else accounts for (turns of a loop), are "
      "as they "
      "were counted in these trials; no CPU time of a trial goes into a prediction. Unexplained is what is "
      "measured "
      "and not predicted: the server's own code, caches that are colder or warmer than in the primitive, and "
      "what the "
      "list of work leaves out.\n\n";
  for (const CostModelScenario& model : models) {
    text += fmt::format("### {}\n\n", markdown(model.scenario->title));
    if (!model.rows.empty()) text += markdown_table(table_of(model)) + "\n";
    text += tally(model);
  }
  return text;
}

}  // namespace threadmill::plots
