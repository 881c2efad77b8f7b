// parse_duration_ns: std::invalid_argument that says why, or a time within its limit that reads back as
// itself.

#include "loadgen/reference/duration.h"

#include <stdexcept>
#include <string>

#include "fuzz/expect.h"

using namespace threadmill;
using load::reference::parse_duration_ns;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::int64_t kMostNs = 3'600'000'000'000;
  try {
    const std::int64_t ns = parse_duration_ns({reinterpret_cast<const char*>(data), size}, kMostNs);
    fuzz::expect(ns >= 0 && ns <= kMostNs, "a time is within its limit");
    fuzz::expect(parse_duration_ns(std::to_string(ns) + "ns", kMostNs) == ns, "a time reads back as itself");
  } catch (const std::invalid_argument& error) {
    fuzz::expect(error.what()[0] != '\0', "a refusal says why");
  }
  return 0;
}
