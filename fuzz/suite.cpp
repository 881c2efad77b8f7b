// parse_suite: an InputError, or a suite within its limits.

#include "harness/catalogue/suite.h"

#include "fuzz/expect.h"
#include "fuzz/json_input.h"
#include "harness/errors.h"

using namespace threadmill;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = fuzz::json_input(data, size);
  if (!json) return 0;
  try {
    const auto suite = harness::parse_suite(*json, "quick.json");
    fuzz::expect(suite.name == "quick", "a suite is called as its file");
    fuzz::expect(!suite.scenarios.empty(), "a suite has scenarios");
    fuzz::expect(suite.repeats >= 1 && suite.repeats <= 1000, "repeats within the limit");
    fuzz::expect(!suite.duration_s || (*suite.duration_s >= 0.01 && *suite.duration_s <= 3600),
                 "a duration within the limit");
    fuzz::expect(!suite.warmup_s || (*suite.warmup_s >= 0 && *suite.warmup_s <= 3600),
                 "a warm-up within the limit");
  } catch (const harness::InputError& error) {
    fuzz::expect(std::string_view(error.what()).starts_with("quick.json: "), "a refusal names the file");
  }
  return 0;
}
