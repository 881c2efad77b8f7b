#include "results/sweep/level_record.h"

#include <algorithm>
#include <stdexcept>

#include "results/file/json_access.h"
#include "results/trial/load_kind.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

constexpr double kHighestLevel = 1e12;

/// The load without the level: what all levels of a sweep have in common.
json common_load(json load, const std::string& over, bool pubsub) {
  if (over == "rate_per_s") {
    load["arrivals"].erase("rate_per_s");
  } else {
    load.erase(pubsub ? "subscribers" : "connections");
  }
  return load;
}

}  // namespace

LevelRecord read_level(const json& record) {
  LevelRecord level;
  Sweep& sweep = level.sweep;
  const json& terms = record.at("sweep");
  const auto whole = [&](const char* pointer) {
    return static_cast<Level>(std::clamp(number_at(terms, pointer).value_or(0), 0.0, kHighestLevel));
  };
  level.scenario = text_at(record, "/name");
  level.level = whole("/level");
  sweep.of = text_at(terms, "/of");
  sweep.over = text_at(terms, "/over");
  sweep.service_level = ServiceLevel::parse(text_at(terms, "/slo"));
  sweep.max_errors = static_cast<std::uint64_t>(whole("/max_errors"));
  sweep.range = {whole("/from"), whole("/to"), number_at(terms, "/precision").value_or(0)};
  if (sweep.over != "rate_per_s" && sweep.over != "connections")
    throw std::invalid_argument("\"over\" is neither rate_per_s nor connections");
  if (level.level < 1 || sweep.range.from < 1) throw std::invalid_argument("a level is below 1");
  const json* load = find_at(record, "/load");
  if (load == nullptr || !load->is_object()) throw std::invalid_argument("it has no load");
  if (sweep.over == "rate_per_s" && find_at(*load, "/arrivals/rate_per_s") == nullptr)
    throw std::invalid_argument("its load has no rate");
  const auto kind = kind_of_load(*load);
  sweep.pubsub = kind.pubsub;
  sweep.latency = kind.main_latency;
  sweep.load = common_load(*load, sweep.over, kind.pubsub);
  return level;
}

}  // namespace threadmill::results
