// parse_scenario: an InputError, or a scenario that reads back as itself.

#include "harness/catalogue/scenario.h"

#include "fuzz/expect.h"
#include "fuzz/json_input.h"
#include "harness/errors.h"

using namespace threadmill;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = fuzz::json_input(data, size);
  if (!json) return 0;
  try {
    const auto scenario = harness::parse_scenario(*json, "input");
    fuzz::expect(!scenario.name.empty() && !scenario.subjects.empty(), "a scenario has a name and subjects");
    const auto written = scenario.to_json();
    fuzz::expect(harness::parse_scenario(written, "output").to_json() == written,
                 "a scenario reads back as itself");
    fuzz::expect(scenario.runs_by_time() != scenario.load.at("stop").contains("messages"),
                 "a scenario runs by time or by messages");
  } catch (const harness::InputError& error) {
    fuzz::expect(std::string_view(error.what()).starts_with("input: "), "a refusal names the file");
  }
  return 0;
}
