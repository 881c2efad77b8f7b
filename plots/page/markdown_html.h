#pragma once
// Sections of the Markdown report as HTML, so that both say the same in the same words.

#include <string>

namespace threadmill::plots {

/// GitHub's Markdown as HTML, by cmark-gfm, which passes no HTML and no dangerous link on. Each table stands
/// in a box that scrolls by itself, and the first cell of each of its rows is the row's heading. Throws
/// std::bad_alloc only.
std::string html_of_markdown(const std::string& markdown);

}  // namespace threadmill::plots
