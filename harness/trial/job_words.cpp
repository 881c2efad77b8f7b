#include "harness/trial/job_words.h"

#include <algorithm>
#include <vector>

#include "harness/process/child_process.h"

namespace threadmill::harness {
namespace {

using Lines = std::vector<std::string_view>;

bool is_rule(std::string_view line) {
  return line.size() > 10 && line.find_first_not_of('-') == std::string_view::npos;
}

Lines lines_in(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    line = line.substr(0, line.find_last_not_of(" \r") + 1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// What stands between the last two rules, up to the first empty line: mpirun breaks its sentences.
std::string last_explanation(const Lines& lines) {
  const auto end = std::find_if(lines.rbegin(), lines.rend(), is_rule);
  if (end == lines.rend()) return {};
  const auto begin = std::find_if(end + 1, lines.rend(), is_rule).base();
  std::string words;
  for (auto line = begin; line != end.base() - 1 && !line->empty(); ++line) {
    if (!words.empty()) words += ' ';
    words += *line;
  }
  return words;
}

std::string chosen_from(const Lines& lines) {
  for (const std::string_view sign : {"threadmill-load-mpi:", "exited on signal"}) {
    for (const auto& line : lines) {
      if (line.find(sign) != std::string_view::npos) return std::string(line);
    }
  }
  if (auto words = last_explanation(lines); !words.empty()) return words;
  const auto last = std::find_if(lines.rbegin(), lines.rend(),
                                 [](std::string_view line) { return !line.empty() && !is_rule(line); });
  return last == lines.rend() ? std::string{} : std::string(*last);
}

}  // namespace

std::string job_words(std::string_view text) { return shortened(chosen_from(lines_in(text))); }

}  // namespace threadmill::harness
