#include "plots/report/runs_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "plots/text/markdown_syntax.h"
#include "plots/text/text.h"
#include "plots/words/words.h"

namespace threadmill::plots {
namespace {

using results::Run;

/// "4 repeats of each", "3 searches of each", "10 blocks".
std::string how_often(const Run& run) {
  if (run.blocks > 0) return counted(run.blocks, "block");
  return counted(static_cast<std::size_t>(std::max<std::int64_t>(run.repeats, 0)),
                 run.kind == "sweep" ? "search" : "repeat") +
         " of each";
}

std::string facts_table(const std::string& heading, const std::vector<results::Fact>& facts) {
  Table table;
  table.add_column("What", facts, [](const auto& fact) { return markdown(fact.name); });
  table.add_column("Value", facts, [](const auto& fact) { return markdown(fact.value, 1000); });
  return "### " + heading + "\n\n" + markdown_table(table, Align::left) + "\n";
}

}  // namespace

std::string what_was_run(const results::Comparison& comparison) {
  std::string text;
  for (const Run& run : comparison.runs) {
    text += fmt::format("- `{}`: started {} by `threadmill {}`, {}, {}, seed {}{}; threadmill {}; {}.\n",
                        markdown_code(run.file), markdown(run.created), markdown_code(run.kind),
                        counted(run.trials, "trial"), how_often(run), run.seed,
                        run.server_host.empty() ? "" : ", servers on " + markdown(run.server_host, 300),
                        markdown(run.version, 100),
                        run.complete ? "complete" : "**not complete**: what was measured is shown");
    for (const std::string& warning : run.warnings) text += "  - Warning: " + markdown(warning, 300) + "\n";
  }
  return text + "\n";
}

std::string runs_section(const results::Comparison& comparison) {
  std::string text;
  for (const Run& run : comparison.runs) {
    const std::string name = comparison.runs.size() > 1 ? " of " + markdown(run.label) : "";
    text += facts_table("Fairness contract" + name, run.fairness);
    text += facts_table("Environment" + name, run.environment);
    text += "### To repeat this run" + name + "\n\n" + markdown_code_block(repeat_command(run)) + "\n";
  }
  return "## Terms and machine\n\n" + text;
}

}  // namespace threadmill::plots
