// ServiceLevel::parse: std::invalid_argument, or limits within reach that read back as themselves.

#include "results/sweep/service_level.h"

#include <stdexcept>

#include "fuzz/expect.h"

using namespace threadmill;
using results::LatencyLimit;
using results::ServiceLevel;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto level = ServiceLevel::parse({reinterpret_cast<const char*>(data), size});
    fuzz::expect(!level.limits.empty(), "there is a limit");
    for (const auto& limit : level.limits) {
      fuzz::expect(limit.below_ns >= 1 && limit.below_ns <= LatencyLimit::kLongestNs,
                   "times are within reach");
      fuzz::expect(limit.percentile >= 50 && limit.percentile <= 100, "percentiles are known ones");
    }
    fuzz::expect(ServiceLevel::parse(level.text()) == level, "a service level reads back as itself");
  } catch (const std::invalid_argument& error) {
    fuzz::expect(error.what()[0] != '\0', "a refusal says why");
  }
  return 0;
}
