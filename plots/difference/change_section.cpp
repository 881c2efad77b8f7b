#include "plots/difference/change_section.h"

#include <fmt/format.h>

#include "plots/difference/change_words.h"
#include "plots/text/markdown_syntax.h"
#include "plots/text/text.h"

namespace threadmill::plots {
namespace {

using results::ChangesOfMetric;
using results::ChangeTable;
using results::EnvironmentDifference;

constexpr std::size_t longest_name = 60;
constexpr std::size_t longest_sentence = 1000;

std::string environments(const ChangeTable& table) {
  const auto& differences = table.environment;
  if (differences.empty()) return "No difference between the environments.\n\n";
  Table rows;
  rows.add_column("What", differences, [](const EnvironmentDifference& d) { return markdown(d.name, 100); });
  rows.add_column(markdown(table.first, 30), differences,
                  [](const EnvironmentDifference& d) { return markdown(d.first, 100); });
  rows.add_column(markdown(table.second, 30), differences,
                  [](const EnvironmentDifference& d) { return markdown(d.second, 100); });
  rows.add_column("may move the figures", differences,
                  [](const EnvironmentDifference& d) { return d.matters ? "**yes**" : "no"; });
  rows.add_column("why", differences, [](const EnvironmentDifference& d) { return markdown(d.why, 200); });
  return "### The environments differ\n\n" + markdown_table(rows, Align::left) + "\n";
}

std::string block_section(const ChangeTable& table, const ChangesOfMetric& block) {
  const Table plain_columns = change_columns(table, block, plain(table.first, 30), plain(table.second, 30));
  Table rows;
  rows.add_column("Scenario / server", block.changes, [](const results::Change& change) {
    return markdown(name_of_change(change, longest_name));
  });
  for (const std::string& title : plain_columns.header) rows.header.push_back(markdown(title));
  for (std::size_t i = 0; i < rows.rows.size(); ++i)
    for (const std::string& cell : plain_columns.rows[i]) rows.rows[i].push_back(markdown(cell));
  return fmt::format("### {}\n\n{}\n", markdown(change_block_title(block.metric)), markdown_table(rows));
}

std::string listed_sentences(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences)
    text += "- " + markdown(sentence, longest_sentence) + (sentence.ends_with(".") ? "\n" : ".\n");
  return text.empty() ? text : text + "\n";
}

std::string section_of(const ChangeTable& table) {
  std::string text = fmt::format("## Run {} against run {}\n\n{}\n\n", markdown(table.second),
                                 markdown(table.first), markdown(sides_sentence(table), longest_sentence));
  text += environments(table);
  for (const ChangesOfMetric& block : table.metrics) text += block_section(table, block);
  if (table.metrics.empty()) text += "Nothing can be compared.\n\n";
  return text + listed_sentences(change_warnings(table)) + listed_sentences(change_notes(table));
}

}  // namespace

std::string change_section(const std::vector<ChangeTable>& tables) {
  std::string text;
  for (const ChangeTable& table : tables) text += section_of(table);
  return text;
}

}  // namespace threadmill::plots
