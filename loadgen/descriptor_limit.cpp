#include "loadgen/descriptor_limit.h"

#include <fmt/format.h>

namespace threadmill::load {

std::optional<std::string> descriptor_shortage(const Plan& plan, std::uint64_t limit) {
  constexpr std::uint64_t kSpare = 16;  // standard streams and what libraries open
  const std::uint64_t needed = plan.connections() + std::uint64_t{2} * plan.threads + kSpare;
  if (needed <= limit) return std::nullopt;
  return fmt::format(
      "{} connections need {} open files, but the hard limit is {}: use fewer connections, or raise it "
      "(ulimit -Hn, "
      "or LimitNOFILE= of the service)",
      plan.connections(), needed, limit);
}

}  // namespace threadmill::load
