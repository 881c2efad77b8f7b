#include "loadgen/gates.h"

#include <fmt/format.h>

#include <iostream>
#include <string>

namespace threadmill::load {

Gate line_gate(std::istream& in, std::ostream& out) {
  return [&in, &out](std::string_view name) {
    out << fmt::format("{{\"gate\":\"{}\"}}\n", name) << std::flush;
    std::string line;
    std::getline(in, line);
  };
}

}  // namespace threadmill::load
