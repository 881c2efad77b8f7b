#include "loadgen/plan_input.h"

#include <iterator>
#include <nlohmann/json.hpp>

#include "json/error.h"
#include "json/file.h"

namespace threadmill::load {

std::string read_plan_text(std::istream& in, bool first_line_only) {
  std::string text;
  if (first_line_only) {
    std::getline(in, text);
  } else {
    text.assign(std::istreambuf_iterator<char>(in), {});
  }
  return text;
}

Plan parse_plan_text(const std::string& text) {
  try {
    return parse_plan(threadmill::json::parse(text, "load plan"));
  } catch (const threadmill::json::JsonError& error) {
    throw PlanError(error.what());
  }
}

}  // namespace threadmill::load
