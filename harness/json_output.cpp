#include "harness/json_output.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace threadmill::harness {

void print_json(const nlohmann::ordered_json& document) {
  fmt::print("{}\n", document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace threadmill::harness
