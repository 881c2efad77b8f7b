// Rate::parse: std::invalid_argument, or a rate within its limits that reads back as itself and never goes
// back in time.

#include "loadgen/rate.h"

#include <stdexcept>

#include "fuzz/expect.h"

using namespace threadmill;
using load::Rate;

namespace {

bool within_limits(double per_s) { return per_s >= Rate::kLowestPerS && per_s <= Rate::kHighestPerS; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const Rate rate = Rate::parse({reinterpret_cast<const char*>(data), size});
    fuzz::expect(within_limits(rate.from_per_s()) && within_limits(rate.to_per_s()),
                 "rates are within the limits");
    fuzz::expect(Rate::parse(rate.text()) == rate, "a rate reads back as itself");
    std::int64_t before_ns = 0;
    for (const double count : {0.0, 1.0, 1.5, 2.0, 100.0, 1e4, 1e6}) {
      const std::int64_t due_ns = rate.time_of_ns(count);
      fuzz::expect(due_ns >= before_ns, "later requests are not due earlier");
      before_ns = due_ns;
    }
  } catch (const std::invalid_argument& error) {
    fuzz::expect(error.what()[0] != '\0', "a refusal says why");
  }
  return 0;
}
