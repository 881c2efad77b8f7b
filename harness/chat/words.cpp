#include "harness/chat/words.h"

#include "harness/chat/readable.h"

namespace threadmill::harness {
namespace {

constexpr std::size_t kBeginningBytes = 40;

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

Split first_word(std::string_view line) {
  line = trimmed(line);
  const auto end = line.find_first_of(" \t");
  if (end == std::string_view::npos) return {line, {}};
  return {line.substr(0, end), trimmed(line.substr(end))};
}

std::string beginning_of(std::string_view text) {
  if (text.size() <= kBeginningBytes) return readable(text);
  std::size_t end = kBeginningBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return readable(text.substr(0, end)) + "...";
}

}  // namespace threadmill::harness
