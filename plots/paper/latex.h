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

/// A floating table with the rules of the package booktabs. Cells are plain text, and are escaped here;
/// `caption` is LaTeX, `label` is from latex_label().
std::string latex_table(const Table& table, const std::string& caption, const std::string& label);

}  // namespace threadmill::plots
