#include "loadgen/descriptor_limit.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include "os/errors.h"

namespace threadmill::load {

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) os::throw_errno("getrlimit RLIMIT_NOFILE");
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) os::throw_errno("setrlimit RLIMIT_NOFILE");
  return limit.rlim_cur;
}

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
