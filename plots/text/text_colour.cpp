#include "plots/text/text_colour.h"

#include <fmt/format.h>

#include <algorithm>

namespace threadmill::plots {
namespace {

/// "Select graphic rendition": the number of the foreground colour.
int sgr_of(TextColour colour) {
  switch (colour) {
    case TextColour::red:
      return 31;
    case TextColour::green:
      return 32;
    case TextColour::yellow:
      return 33;
    case TextColour::cyan:
      return 36;
    case TextColour::none:
      break;
  }
  return 39;
}

}  // namespace

std::string coloured(std::string_view text, TextColour colour) {
  if (colour == TextColour::none || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[39m", sgr_of(colour), text);
}

std::string coloured_lines(const std::string& text, TextColour colour) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    result += coloured(std::string_view(text).substr(at, end - at), colour);
    if (end < text.size()) result += '\n';
    at = end + 1;
  }
  return result;
}

}  // namespace threadmill::plots
