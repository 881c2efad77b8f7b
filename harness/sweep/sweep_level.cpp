#include "harness/sweep/sweep_level.h"

#include <fmt/format.h>

#include "harness/errors.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;

// A count of messages would make a probe of a high level short and of a low one endless.
void run_by_time(json& load) {
  if (load.at("stop").contains("duration_s")) return;
  load["stop"] = {{"duration_s", 1.0}, {"warmup_s", 0.25}};
  load.erase("measure_from");
}

void set_rate(json& load, results::Level level) {
  auto arrivals = load.value("arrivals", json::object());
  if (arrivals.value("process", "closed") == "closed") arrivals["process"] = "poisson";
  arrivals.erase("think_us");
  arrivals.erase("think");
  arrivals["rate_per_s"] = level;
  load["arrivals"] = arrivals;
}

void set_connections(const Scenario& base, json& load, results::Level level) {
  for (const char* key : {"members", "room_sizes"}) {
    if (load.contains(key)) {
      throw InputError(
          fmt::format("--over connections: scenario '{}' says who is in which room (\"{}\"); "
                      "sweep it over rate, or a scenario with \"subscribers\"",
                      base.name, key));
    }
  }
  load[load.at("driver") == "pubsub" ? "subscribers" : "connections"] = level;
}

}  // namespace

std::string_view to_text(SweepOver over) { return over == SweepOver::rate ? "rate_per_s" : "connections"; }

Scenario at_level(const Scenario& base, SweepOver over, results::Level level) {
  auto document = base.to_json();
  document.erase("published");  // figures of another experiment
  for (const char* key : {"behaviour", "not_applicable"}) document.erase(key);
  document["name"] = fmt::format("{}@{}", base.name, level);
  auto& load = document["load"];
  run_by_time(load);
  if (over == SweepOver::rate) {
    set_rate(load, level);
  } else {
    set_connections(base, load, level);
  }
  return parse_scenario(document, fmt::format("scenario '{}' at {} {}", base.name, level,
                                              over == SweepOver::rate ? "a second" : "connections"));
}

}  // namespace threadmill::harness
