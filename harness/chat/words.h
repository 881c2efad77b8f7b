#pragma once
// Typed lines taken apart, and sent ones shortened.

#include <string>
#include <string_view>

namespace threadmill::harness {

/// Without spaces at both ends.
std::string_view trimmed(std::string_view text);

struct Split {
  std::string_view first;
  std::string_view rest;
};

/// The first word of a line, and what follows it; both trimmed.
Split first_word(std::string_view line);

/// The first 40 bytes of a text or less, readable(), cut between characters of UTF-8.
std::string beginning_of(std::string_view text);

}  // namespace threadmill::harness
