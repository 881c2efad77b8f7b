#include "plots/difference/compare_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "plots/difference/change_words.h"
#include "plots/text/table.h"
#include "plots/text/terminal_parts.h"
#include "plots/text/text.h"

namespace threadmill::plots {
namespace {

using results::Change;
using results::ChangesOfMetric;
using results::ChangeTable;

constexpr std::size_t widest_label = 16;

/// The name of a side over its column, or its place where the name is too long.
std::string column_title(const std::string& label, const char* place) {
  return width(plain(label)) <= widest_label ? plain(label) : place;
}

/// Puts the names in front, cut to what the other columns leave of a line.
void add_names(Table& table, const std::vector<Change>& changes) {
  const std::size_t taken = width_of(table);
  const std::size_t room = std::max<std::size_t>(widest_line - std::min(taken, widest_line), 16);
  table.header.insert(table.header.begin(), "");
  for (std::size_t i = 0; i < changes.size(); ++i)
    table.rows[i].insert(table.rows[i].begin(), name_of_change(changes[i], room));
}

std::string block_text(const ChangeTable& table, const ChangesOfMetric& block) {
  Table columns =
      change_columns(table, block, column_title(table.first, "first"), column_title(table.second, "second"));
  add_names(columns, block.changes);
  return fmt::format("{}\n{}\n", change_block_title(block.metric), aligned(columns));
}

/// The sentence with every word short enough for a line, whatever names are in it.
std::string with_short_words(const std::string& sentence) {
  std::string text;
  for (std::size_t at = 0; at < sentence.size();) {
    const std::size_t end = std::min(sentence.find(' ', at), sentence.size());
    text += (text.empty() ? "" : " ") + plain(std::string_view(sentence).substr(at, end - at));
    at = end + 1;
  }
  return text;
}

std::string environment_text(const ChangeTable& table) {
  std::string text;
  for (const bool matters : {true, false}) {
    std::string lines;
    for (const auto& difference : table.environment) {
      if (difference.matters != matters) continue;
      lines += wrapped(fmt::format("{}: {} | {} ({})", plain(difference.name), plain(difference.first, 100),
                                   plain(difference.second, 100), difference.why),
                       "  ");
    }
    if (lines.empty()) continue;
    text += (matters ? "The environments differ where it may move the figures:\n"
                     : "They differ too where it should not:\n") +
            lines;
  }
  if (text.empty() && table.pairing == results::Pairing::unpaired)
    text = "No difference between the environments.\n";
  return text + "\n";
}

std::string table_text(const ChangeTable& table) {
  std::string text = wrapped(sides_sentence(table), "") + environment_text(table);
  for (const ChangesOfMetric& block : table.metrics) text += block_text(table, block);
  if (table.metrics.empty()) text += "Nothing can be compared.\n";
  for (const std::string& sentence : change_warnings(table))
    text += wrapped("! " + with_short_words(sentence), "  ");
  for (const std::string& sentence : change_notes(table)) text += wrapped(sentence, "  ");
  return text;
}

}  // namespace

std::string compare_table(const std::vector<ChangeTable>& tables) {
  std::string text;
  for (const ChangeTable& table : tables) text += (text.empty() ? "" : "\n") + table_text(table);
  return text;
}

}  // namespace threadmill::plots
