#include "harness/suggest.h"

#include <fmt/ranges.h>

#include "json/closest_name.h"

namespace threadmill::harness {

std::string unknown_name_message(std::string_view kind, std::string_view name,
                                 const std::vector<std::string>& candidates) {
  const auto closest = json::closest_name(name, candidates);
  const auto hint = closest.empty() ? std::string{} : fmt::format("did you mean '{}'? ", closest);
  return fmt::format("unknown {} '{}'; {}there are: {}", kind, name, hint, fmt::join(candidates, ", "));
}

}  // namespace threadmill::harness
