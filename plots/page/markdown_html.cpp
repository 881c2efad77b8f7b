#include "plots/page/markdown_html.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include <memory>
#include <new>
#include <string_view>

namespace threadmill::plots {
namespace {

using Parser = std::unique_ptr<cmark_parser, decltype(&cmark_parser_free)>;
using Node = std::unique_ptr<cmark_node, decltype(&cmark_node_free)>;

std::string rendered(const std::string& markdown) {
  static const bool registered = (cmark_gfm_core_extensions_ensure_registered(), true);
  static_cast<void>(registered);
  const Parser parser(cmark_parser_new(CMARK_OPT_VALIDATE_UTF8), cmark_parser_free);
  cmark_parser_attach_syntax_extension(parser.get(), cmark_find_syntax_extension("table"));
  cmark_parser_feed(parser.get(), markdown.data(), markdown.size());
  const Node document(cmark_parser_finish(parser.get()), cmark_node_free);
  char* const html =
      cmark_render_html(document.get(), CMARK_OPT_DEFAULT, cmark_parser_get_syntax_extensions(parser.get()));
  if (html == nullptr) throw std::bad_alloc();
  const std::string copy = html;
  cmark_get_default_mem_allocator()->free(html);
  return copy;
}

/// What is put in place of a piece of the HTML that cmark writes; text never looks like such a piece, for it
/// is escaped.
struct Replacement {
  std::string_view from;
  std::string_view to;
};

constexpr Replacement for_tables[] = {
    {"<table>", "<div class=\"scroll\" role=\"group\" aria-label=\"Table\" tabindex=\"0\"><table>"},
    {"</table>", "</table></div>"},
    {"<tr>\n<td>", "<tr>\n<th scope=\"row\">"},
};

const Replacement* replacement_at(std::string_view text) {
  for (const Replacement& replacement : for_tables) {
    if (text.starts_with(replacement.from)) return &replacement;
  }
  return nullptr;
}

std::string with_tables_dressed(std::string_view html) {
  std::string result;
  bool in_row_heading = false;
  for (std::size_t at = 0; at < html.size();) {
    const std::string_view rest = html.substr(at);
    constexpr std::string_view end_of_cell = "</td>";
    if (in_row_heading && rest.starts_with(end_of_cell)) {
      result += "</th>";
      at += end_of_cell.size();
      in_row_heading = false;
    } else if (const Replacement* replacement = replacement_at(rest)) {
      result += replacement->to;
      at += replacement->from.size();
      in_row_heading = replacement->to.ends_with("\"row\">");
    } else {
      result += html[at++];
    }
  }
  return result;
}

}  // namespace

std::string html_of_markdown(const std::string& markdown) { return with_tables_dressed(rendered(markdown)); }

}  // namespace threadmill::plots
