#pragma once
// Numbers for people, and text from result files made harmless for the place where it is shown. Pure
// functions.

#include <optional>
#include <string>
#include <string_view>

#include "results/statistics/statistics.h"

namespace threadmill::plots {

/// Shown where there is no number.
inline constexpr std::string_view no_number = "–";

/// 1234567.8 as "1,234,568"; below 100 with as many decimals as three significant digits take.
std::string number(double value);

/// Counts and figures that others rounded: without decimals where there are none, otherwise as number().
std::string whole(double value);

/// "1 trial", "1,234 trials". `noun` is the singular of a noun that takes an s, or "search".
std::string counted(std::size_t count, std::string_view noun);

/// Nanoseconds in the unit that reads best: "850 ns", "12.3 µs", "4.56 ms", "1.20 s".
std::string duration(double nanoseconds);

/// Bytes as "512 B", "12.3 KiB", "4.56 MiB", "1.20 GiB".
std::string bytes(double value);

/// A part of a whole: two decimals, and more where it takes them for two significant digits: "0.34",
/// "0.0045".
std::string share(double value);

/// All the digits that a figure was given with, thousands separated: "1,693.69".
std::string exact(double value);

/// A ratio, two decimals and a times sign: "1.25×".
std::string ratio(double value);

/// One line without control characters and text-direction overrides, at most `most` characters (code points)
/// long, the last being "…" when it was cut. What every view does to a name first.
std::string plain(std::string_view text, std::size_t most = 60);

/// plain(), and shown literally by Markdown, inside a table cell too.
std::string markdown(std::string_view text, std::size_t most = 60);

/// A field of a CSV file (RFC 4180), quoted where needed; text that a spreadsheet would take for a formula
/// starts with an apostrophe.
std::string csv_field(std::string_view text);

/// A word of a shell command, quoted where needed.
std::string shell_word(std::string_view text);

/// How many columns of a terminal plain text takes: its code points.
std::size_t width(std::string_view text);

}  // namespace threadmill::plots
