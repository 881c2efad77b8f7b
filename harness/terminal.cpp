#include "harness/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace threadmill::harness {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::optional<std::size_t> columns_of_terminal() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

std::optional<std::size_t> columns_asked_for() {
  const std::string_view text = variable("COLUMNS");
  std::size_t columns = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), columns);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && columns > 0 ? std::optional(columns) : std::nullopt;
}

bool shows_colours() {
  return ::isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
}

}  // namespace

plots::TerminalLook look_of_stdout(bool colours) {
  plots::TerminalLook look;
  if (const auto columns = columns_of_terminal()) {
    look.columns = *columns;
  } else if (const auto asked = columns_asked_for()) {
    look.columns = *asked;
  }
  look.colours = colours && shows_colours();
  return look;
}

}  // namespace threadmill::harness
