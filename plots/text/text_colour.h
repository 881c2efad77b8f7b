#pragma once
// Colours of text in a terminal.

#include <string>
#include <string_view>

namespace threadmill::plots {

/// Those that every terminal has (ECMA-48); what they look like is up to the reader's theme.
enum class TextColour { none, red, green, yellow, cyan };

/// The text between escape sequences; as it is with TextColour::none, or where it is empty.
std::string coloured(std::string_view text, TextColour colour);

/// The same for each line of a text by itself, because pagers forget colours at line ends.
std::string coloured_lines(const std::string& text, TextColour colour);

}  // namespace threadmill::plots
