#include "harness/catalogue/fault_plan.h"

#include <vector>

#include "json/strict_object.h"

namespace threadmill::harness {
namespace {

// In the order of FaultKind.
const std::vector<std::string_view> kWords = {"kill worker", "kill",      "restart",
                                              "stop",        "partition", "full disk"};

// A restart lasts for as long as the server takes.
bool lasts(FaultKind kind) { return kind != FaultKind::kill_worker && kind != FaultKind::restart; }

}  // namespace

std::string_view word_for(FaultKind kind) { return kWords[static_cast<std::size_t>(kind)]; }

FaultPlan read_fault_plan(const json::StrictObject& scenario, double duration_s) {
  const auto fault = scenario.object("fault", {"kind", "at_s", "for_s"});
  FaultPlan plan;
  plan.kind = static_cast<FaultKind>(fault.choice("kind", kWords));
  plan.at_s = fault.number("at_s", 0, duration_s);
  if (lasts(plan.kind)) {
    plan.for_s = fault.number("for_s", 0.001, duration_s);
    if (plan.at_s + plan.for_s >= duration_s) fault.fail("for_s", "must end before the load does");
  } else if (fault.has("for_s")) {
    fault.fail("for_s", "says nothing where the kind is \"" + std::string(word_for(plan.kind)) + "\"");
  }
  return plan;
}

}  // namespace threadmill::harness
