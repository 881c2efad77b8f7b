#include "plots/page/html.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "plots/text/text.h"

namespace threadmill::plots {
namespace {

std::string with_all_replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::string without_source_map(std::string_view code) {
  const std::size_t at = code.rfind("\n//# sourceMappingURL=");
  if (at == std::string_view::npos) return std::string(code);
  const std::size_t end = std::min(code.find('\n', at + 1), code.size());
  return std::string(code.substr(0, at)).append(code.substr(end));
}

}  // namespace

std::string html(std::string_view text, std::size_t most) {
  std::string result;
  for (const char c : plain(text, most)) {
    switch (c) {
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '&':
        result += "&amp;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string script_json(const nlohmann::json& data) {
  // A label is made of a file's name, which need not be UTF-8.
  return with_all_replaced(data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), "<",
                           "\\u003c");
}

std::string script_code(std::string_view code) {
  // Both stand in strings and regular expressions only, where the backslash changes nothing.
  return with_all_replaced(with_all_replaced(without_source_map(code), "</script", "<\\/script"), "<!--",
                           "<\\!--");
}

std::string filled(std::string_view form, const std::map<std::string, std::string, std::less<>>& parts) {
  std::string result;
  for (std::size_t at = 0; at < form.size();) {
    const std::size_t open = form.find("{{", at);
    const std::size_t close = open == std::string_view::npos ? open : form.find("}}", open);
    if (close == std::string_view::npos) return result.append(form.substr(at));
    result.append(form.substr(at, open - at));
    const auto part = parts.find(form.substr(open + 2, close - open - 2));
    if (part == parts.end())
      throw std::out_of_range("no part for {{" + std::string(form.substr(open + 2, close - open - 2)) + "}}");
    result += part->second;
    at = close + 2;
  }
  return result;
}

}  // namespace threadmill::plots
