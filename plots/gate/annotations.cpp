#include "plots/gate/annotations.h"

#include <fmt/format.h>

#include <vector>

#include "plots/gate/words.h"
#include "plots/words/metric_text.h"

namespace threadmill::plots {
namespace {

using results::GateCell;
using results::GateOutcome;
using results::GateReport;

/// GitHub drops what a step says beyond so many of a level.
constexpr std::size_t most_of_a_level = 10;

struct Annotation {
  std::string title;
  std::string message;
};

/// Percent-encodes the characters of `special`, as the runner of GitHub decodes them.
std::string encoded(std::string_view text, std::string_view special) {
  std::string result;
  for (const char c : text) {
    const bool plain = special.find(c) == std::string_view::npos;
    result += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}

Annotation annotation_of(const GateCell& cell) {
  std::string message = cell_reason(cell);
  if (cell.worsening) {
    message += fmt::format("\nWorse by {}; baseline {}, candidate {}, noise floor {}.",
                           worsening_words(cell.worsening), median_of_metric(cell.metric, cell.baseline),
                           median_of_metric(cell.metric, cell.candidate), share_words(cell.noise_floor));
  }
  return {fmt::format("{}: {}", results::gate_outcome_name(cell.outcome), cell_name(cell)), message};
}

void add_cells(std::vector<Annotation>& annotations, const GateReport& report, GateOutcome outcome) {
  for (const GateCell& cell : report.cells) {
    if (cell.outcome == outcome) annotations.push_back(annotation_of(cell));
  }
}

std::string lines_of(std::string_view level, std::vector<Annotation> annotations) {
  if (annotations.size() > most_of_a_level) {
    const std::size_t more = annotations.size() - most_of_a_level + 1;
    annotations.resize(most_of_a_level - 1);
    annotations.push_back({"threadmill gate", fmt::format("{} more: see the summary of this job", more)});
  }
  std::string text;
  for (const Annotation& each : annotations) text += workflow_command(level, each.title, each.message);
  return text;
}

}  // namespace

std::string workflow_command(std::string_view level, std::string_view title, std::string_view message) {
  return fmt::format("::{} title={}::{}\n", level, encoded(title, "%\r\n:,"), encoded(message, "%\r\n"));
}

std::string gate_annotations(const GateReport& report) {
  std::vector<Annotation> errors, warnings;
  add_cells(errors, report, GateOutcome::regression);
  add_cells(errors, report, GateOutcome::invalid);
  add_cells(warnings, report, GateOutcome::inconclusive);
  for (const std::string& warning : report.warnings)
    warnings.push_back({"threadmill gate", gate_text(warning, 300)});
  std::string text = lines_of("error", errors) + lines_of("warning", warnings);
  if (errors.empty()) text += workflow_command("notice", "threadmill gate", verdict_of_gate(report));
  return text;
}

}  // namespace threadmill::plots
