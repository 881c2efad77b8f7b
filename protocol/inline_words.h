#pragma once
// The words of an inline command, with the quoting rules of redis-cli's command line.

#include <string>
#include <string_view>
#include <vector>

namespace threadmill::resp {

/// Splits `line` at white space into `words` (cleared first). "..." understands \n \r \t \b \a \\ \" and
/// \xHH; '...' understands \'. Returns false when a quote is left open or is followed by anything but white
/// space.
bool split_inline_words(std::string_view line, std::vector<std::string>& words);

}  // namespace threadmill::resp
