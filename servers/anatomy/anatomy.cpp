#include "servers/anatomy/anatomy.h"

#include <algorithm>
#include <array>
#include <optional>

namespace threadmill::servers {
namespace {

constexpr std::array<std::string_view, 7> kLabelBeginnings = {
    "Who ", "Shared", "What wakes ", "Choose it when", "Not when", "How it fails", "Source"};
// Between its beginning and its colon a label has a few words, and no sentence.
constexpr std::size_t kLongestLabel = 48;

/// The comment's lines without slashes and the space behind them.
std::vector<std::string_view> lines_of(std::string_view comment) {
  std::vector<std::string_view> lines;
  while (!comment.empty()) {
    const auto end = std::min(comment.find('\n'), comment.size());
    std::string_view line = comment.substr(0, end);
    comment.remove_prefix(std::min(end + 1, comment.size()));
    if (!line.starts_with("//")) break;
    line.remove_prefix(2);
    if (line.starts_with(' ')) line.remove_prefix(1);
    lines.push_back(line);
  }
  return lines;
}

/// How long the label is that the text begins with; 0: there is none.
std::size_t label_size(std::string_view text) {
  const bool begins = std::any_of(kLabelBeginnings.begin(), kLabelBeginnings.end(),
                                  [&](std::string_view beginning) { return text.starts_with(beginning); });
  const auto colon = text.substr(0, kLongestLabel).find_first_of(":.;");
  return begins && colon != std::string_view::npos && text[colon] == ':' ? colon : 0;
}

/// Where the next sentence with a label begins, from `from` on.
std::size_t next_label(std::string_view text, std::size_t from) {
  for (auto end = text.find(". ", from); end != std::string_view::npos; end = text.find(". ", end + 1)) {
    if (label_size(text.substr(end + 2)) > 0) return end + 2;
  }
  return text.size();
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

void add_parts(std::string_view paragraph, Anatomy& anatomy) {
  while (!paragraph.empty()) {
    const auto label = label_size(paragraph);
    const auto end = next_label(paragraph, label);
    const auto text =
        trimmed(paragraph.substr(label == 0 ? 0 : label + 1, end - (label == 0 ? 0 : label + 1)));
    anatomy.parts.push_back({std::string(paragraph.substr(0, label)), std::string(text)});
    paragraph.remove_prefix(end);
  }
}

}  // namespace

Anatomy parse_anatomy(std::string_view comment) {
  Anatomy anatomy;
  std::string paragraph;
  const auto end_paragraph = [&] {
    add_parts(paragraph, anatomy);
    paragraph.clear();
  };
  for (const auto line : lines_of(comment)) {
    const bool drawn = line.starts_with("  ");
    if (drawn || trimmed(line).empty() || label_size(line) > 0) end_paragraph();
    if (drawn) {
      anatomy.drawing.append(line.substr(2)).append("\n");
    } else if (!trimmed(line).empty()) {
      paragraph.append(paragraph.empty() ? "" : " ").append(trimmed(line));
    }
  }
  end_paragraph();
  return anatomy;
}

Anatomy anatomy_of(std::string_view model) {
  const auto all = model_comments();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const ModelComment& one) { return one.model == model; });
  return found == all.end() ? Anatomy{} : parse_anatomy(found->comment);
}

}  // namespace threadmill::servers
