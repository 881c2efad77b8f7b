#include "harness/utc_time.h"

#include <fmt/chrono.h>

#include <ctime>

namespace threadmill::harness {

std::string utc_now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

std::string utc_stamp() { return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::time(nullptr))); }

}  // namespace threadmill::harness
