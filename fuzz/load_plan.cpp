// parse_plan and parse_load_template: a PlanError, or a plan that reads back as itself.

#include "fuzz/expect.h"
#include "fuzz/json_input.h"
#include "loadgen/plan.h"

using namespace threadmill;

namespace {

template <typename Parse>
void check(const nlohmann::json& json, const Parse& parse) {
  try {
    const auto plan = parse(json);
    fuzz::expect(plan.connections() >= 1 && plan.connections() <= 2'000'000, "connections within the limit");
    fuzz::expect(plan.threads >= 1 && plan.threads <= plan.connections(), "each thread has a connection");
    fuzz::expect(plan.message_bytes >= 1 && plan.message_bytes <= 16U << 20, "messages within the limit");
    fuzz::expect(parse(nlohmann::json::parse(to_json(plan).dump())) == plan, "a plan reads back as itself");
  } catch (const load::PlanError& error) {
    fuzz::expect(error.what()[0] != '\0', "a refusal says why");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = fuzz::json_input(data, size);
  if (!json) return 0;
  check(*json, load::parse_plan);
  check(*json, load::parse_load_template);
  return 0;
}
