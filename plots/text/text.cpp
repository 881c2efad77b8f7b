#include "plots/text/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace threadmill::plots {
namespace {

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

/// Thousands of a number without a sign.
std::string with_separators(std::string digits) {
  const std::size_t point = std::min(digits.find_first_of(".e"), digits.size());
  for (std::size_t at = point; at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

/// Three significant digits, never more than two decimals, thousands separated.
std::string grouped(double value, int decimals) {
  const std::string digits = with_separators(fmt::format("{:.{}f}", std::abs(value), decimals));
  const bool is_zero = digits.find_first_of("123456789") == std::string::npos;
  return (value < 0 && !is_zero ? "-" : "") + digits;
}

int decimals_for(double value) {
  const double size = std::abs(value);
  if (size == 0 || size >= 99.95) return 0;
  if (size >= 9.995) return 1;
  return size >= 0.1 ? 2 : 3;
}

struct Unit {
  double size;
  std::string_view name;
};

template <std::size_t N>
std::string in_units(double value, const std::array<Unit, N>& units) {
  // The largest unit that the value reaches once rounded to three digits: 999.96 KiB is shown as 1.00 MiB.
  const Unit* chosen = &units[0];
  for (const Unit& unit : units) {
    if (std::abs(value) >= 0.9995 * unit.size) chosen = &unit;
  }
  return fmt::format("{} {}", number(value / chosen->size), chosen->name);
}

/// The bytes of the code point that starts at `at`.
std::string_view code_point(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && !starts_code_point(text[end])) ++end;
  return text.substr(at, end - at);
}

bool is_control(std::string_view point) {
  const auto first = static_cast<unsigned char>(point[0]);
  if (point.size() == 1) return first < 0x20 || first == 0x7F;
  // C1 controls, line and paragraph separators, and the characters that turn the direction of text.
  if (point.size() == 2) return first == 0xC2 && static_cast<unsigned char>(point[1]) < 0xA0;
  return (point >= "\u200E" && point <= "\u200F") || (point >= "\u2028" && point <= "\u202E") ||
         (point >= "\u2066" && point <= "\u2069");
}

}  // namespace

std::string number(double value) {
  return std::isfinite(value) ? grouped(value, decimals_for(value)) : std::string(no_number);
}

std::string whole(double value) { return value == std::floor(value) ? grouped(value, 0) : number(value); }

std::string counted(std::size_t count, std::string_view noun) {
  const std::string_view ending = count == 1 ? "" : noun.ends_with("ch") ? "es" : "s";
  return fmt::format("{} {}{}", whole(static_cast<double>(count)), noun, ending);
}

std::string duration(double nanoseconds) {
  static constexpr std::array<Unit, 4> units{{{1, "ns"}, {1e3, "µs"}, {1e6, "ms"}, {1e9, "s"}}};
  return in_units(nanoseconds, units);
}

std::string bytes(double value) {
  static constexpr double step = 1024;
  static constexpr std::array<Unit, 4> units{
      {{1, "B"}, {step, "KiB"}, {step * step, "MiB"}, {step * step * step, "GiB"}}};
  return in_units(value, units);
}

std::string share(double value) {
  if (!std::isfinite(value)) return std::string(no_number);
  const double size = std::abs(value);
  const int digits = size > 0 ? 1 - static_cast<int>(std::floor(std::log10(size))) : 2;
  return fmt::format("{:.{}f}", value, std::clamp(digits, 2, 9));
}

std::string exact(double value) {
  if (!std::isfinite(value)) return std::string(no_number);
  return (value < 0 ? "-" : "") + with_separators(fmt::format("{}", std::abs(value)));
}

std::string ratio(double value) { return fmt::format("{:.2f}×", value); }

std::string plain(std::string_view text, std::size_t most) {
  std::string result;
  std::size_t length = 0, cut = 0;  // cut: where the result is one shorter than `most`
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view point = code_point(text, at);
    at += point.size();
    if (++length == most) cut = result.size();
    if (length > most) return result.substr(0, cut) + "…";
    result += is_control(point) ? " " : point;
  }
  return result;
}

std::string markdown(std::string_view text, std::size_t most) {
  std::string result;
  for (const char c : plain(text, most)) {
    if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else if (c == '&') {
      result += "&amp;";
    } else if (c == '|') {
      result += "&#124;";  // GitHub cuts cells at a pipe before it looks at backslashes in code
    } else {
      if (std::string_view("\\`*_{}[]#~!$").find(c) != std::string_view::npos) result += '\\';
      result += c;
    }
  }
  // A name is no link, even if it looks like an address.
  for (std::size_t at = 0; (at = result.find("://", at)) != std::string::npos;)
    result.replace(at, 1, "&#58;");
  return result;
}

std::string csv_field(std::string_view text) {
  std::string field = plain(text, 10'000);
  const bool like_a_formula =
      !text.empty() && std::string_view("=+-@\t\r\n").find(text[0]) != std::string_view::npos;
  if (like_a_formula) field.insert(0, "'");
  if (field.find_first_of(",\"'") == std::string::npos && field == text) return field;
  std::string quoted = "\"";
  for (const char c : field) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

std::string shell_word(std::string_view text) {
  const auto harmless = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./=:,+@%").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), harmless)) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_code_point));
}

}  // namespace threadmill::plots
