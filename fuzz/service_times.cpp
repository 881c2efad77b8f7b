// parse_service_times: std::invalid_argument that says why, or a distribution within its limits whose text
// reads back as one of the same times.

#include "loadgen/reference/service_times.h"

#include <cmath>
#include <stdexcept>

#include "fuzz/expect.h"

using namespace threadmill;
using namespace load::reference;

namespace {

bool within_limits(std::int64_t ns) { return ns >= 0 && ns <= kLongestServiceNs; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const ServiceTimeSpec spec = parse_service_times({reinterpret_cast<const char*>(data), size});
    fuzz::expect(within_limits(spec.usual_ns) && within_limits(spec.rare_ns), "times are within their limit");
    fuzz::expect(spec.rare_share >= 0 && spec.rare_share <= 1, "a share is of a whole");
    const ServiceTimeSpec again = parse_service_times(to_string(spec));
    fuzz::expect(again.kind == spec.kind && again.usual_ns == spec.usual_ns && again.rare_ns == spec.rare_ns,
                 "a distribution reads back as itself");
    // In the text it is in percent.
    fuzz::expect(std::abs(again.rare_share - spec.rare_share) <= 1e-15, "and so does its share");
    ServiceTimes times(spec, 1);
    for (int i = 0; i < 8; ++i) fuzz::expect(times.next_ns() >= 0, "no time is negative");
  } catch (const std::invalid_argument& error) {
    fuzz::expect(error.what()[0] != '\0', "a refusal says why");
  }
  return 0;
}
