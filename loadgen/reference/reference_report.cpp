#include "loadgen/reference/reference_report.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "loadgen/report.h"

namespace threadmill::load::reference {
namespace {

using nlohmann::json;

constexpr std::int64_t kClockUncertaintyNs = 5'000;

json stalls_to_json(const std::vector<Stall>& stalls) {
  json list = json::array();
  for (const Stall& stall : stalls) list.push_back({{"start_ns", stall.start_ns}, {"end_ns", stall.end_ns}});
  return list;
}

std::vector<Stall> stalls_from_json(const json& list) {
  std::vector<Stall> stalls;
  for (const json& stall : list) {
    stalls.push_back({stall.at("start_ns").get<std::int64_t>(), stall.at("end_ns").get<std::int64_t>()});
  }
  return stalls;
}

std::uint64_t count_of(const json& object, const char* key) { return object.at(key).get<std::uint64_t>(); }

Truth truth_from_json(const json& object) {
  return {.requests = count_of(object, "requests"),
          .without_reply_stamp = count_of(object, "without_reply_stamp"),
          .shared_stamps = count_of(object, "shared_stamps"),
          .early = count_of(object, "early"),
          .latency = histogram_from_json(object.at("true_latency")),
          .asked = histogram_from_json(object.at("asked_service_time"))};
}

}  // namespace

bool ReferenceReport::complete() const {
  return truth.without_reply_stamp == 0 && truth.early == 0 && without_arrival_stamp == 0 &&
         not_logged == 0 && std::abs(clock_step_ns) <= kClockUncertaintyNs;
}

json to_json(const ReferenceReport& report) {
  return {{"window", {{"start_ns", report.start_ns}, {"end_ns", report.end_ns}}},
          {"requests", report.truth.requests},
          {"without_reply_stamp", report.truth.without_reply_stamp},
          {"shared_stamps", report.truth.shared_stamps},
          {"early", report.truth.early},
          {"without_arrival_stamp", report.without_arrival_stamp},
          {"not_logged", report.not_logged},
          {"clock_step_ns", report.clock_step_ns},
          {"stalls", stalls_to_json(report.stalls)},
          {"true_latency", to_json(report.truth.latency)},
          {"asked_service_time", to_json(report.truth.asked)}};
}

ReferenceReport reference_report_from_json(const json& object) {
  return {.start_ns = object.at("window").at("start_ns").get<std::int64_t>(),
          .end_ns = object.at("window").at("end_ns").get<std::int64_t>(),
          .truth = truth_from_json(object),
          .without_arrival_stamp = count_of(object, "without_arrival_stamp"),
          .not_logged = count_of(object, "not_logged"),
          .clock_step_ns = object.at("clock_step_ns").get<std::int64_t>(),
          .stalls = stalls_from_json(object.at("stalls"))};
}

}  // namespace threadmill::load::reference
