#include "loadgen/continuity.h"

#include <nlohmann/json.hpp>

#include "loadgen/report.h"

namespace threadmill::load {
namespace {

struct NamedCount {
  const char* key;
  std::uint64_t Continuity::*count;
};

struct NamedTime {
  const char* key;
  std::int64_t Continuity::*time_ns;
};

constexpr NamedCount kContinuityCounts[] = {
    {"published", &Continuity::published}, {"confirmed", &Continuity::confirmed},
    {"attempts", &Continuity::attempts},   {"refused", &Continuity::refused},
    {"lost", &Continuity::lost},           {"repeated", &Continuity::repeated},
    {"reordered", &Continuity::reordered}, {"caught_up", &Continuity::caught_up}};

constexpr NamedTime kContinuityTimes[] = {{"first_refusal_ns", &Continuity::first_refusal_ns},
                                          {"longest_unconfirmed_ns", &Continuity::longest_unconfirmed_ns},
                                          {"longest_silence_ns", &Continuity::longest_silence_ns},
                                          {"catching_up_ns", &Continuity::catching_up_ns}};

}  // namespace

Integrity integrity_of(const Continuity& continuity) {
  return {.lost = continuity.lost, .repeated = continuity.repeated, .reordered = continuity.reordered};
}

nlohmann::json to_json(const Continuity& continuity) {
  nlohmann::json json;
  for (const auto& [key, count] : kContinuityCounts) json[key] = continuity.*count;
  for (const auto& [key, time_ns] : kContinuityTimes) json[key] = continuity.*time_ns;
  return json;
}

Continuity continuity_from_json(const nlohmann::json& json) try {
  Continuity continuity;
  for (const auto& [key, count] : kContinuityCounts) json.at(key).get_to(continuity.*count);
  for (const auto& [key, time_ns] : kContinuityTimes) json.at(key).get_to(continuity.*time_ns);
  return continuity;
} catch (const nlohmann::json::exception& error) {
  throw ReportError(std::string("load report: \"continuity\": ") + error.what());
}

}  // namespace threadmill::load
