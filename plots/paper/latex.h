#pragma once
// Text and tables in LaTeX. Pure functions.

#include <string>
#include <string_view>

#include "plots/text/table.h"

namespace threadmill::plots {

/// plain(), and set literally by pdfLaTeX, XeLaTeX and LuaLaTeX, in any font encoding and as the first thing
/// in a cell too. Characters outside of ASCII for which LaTeX has no command are set as their code points
/// ("U+4E2D").
std::string latex(std::string_view text, std::size_t most = 60);

/// A name for \label and \ref: "Chat, 50" is "chat-50".
std::string latex_label(std::string_view text);

/// The comment that a file with tables begins with: which packages it needs.
inline constexpr std::string_view latex_packages =
    "% Needs \\usepackage{booktabs}; with LaTeX of before 2020 \\usepackage{textcomp}, too.\n";

/// A floating table with the rules of the package booktabs. Cells are plain text, and are escaped here; the
/// first `text_columns` columns are left-aligned, as text, all others right-aligned, as numbers. `caption` is
/// LaTeX, `label` is from latex_label().
std::string latex_table(const Table& table, const std::string& caption, const std::string& label,
                        std::size_t text_columns = 1);

}  // namespace threadmill::plots
