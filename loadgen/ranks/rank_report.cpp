#include "loadgen/ranks/rank_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "loadgen/limit.h"

namespace threadmill::load {
namespace {

using nlohmann::json;

void move_clock(std::int64_t& time_ns, std::int64_t by_ns) {
  if (time_ns != 0) time_ns += by_ns;  // 0 stands for "never"
}

std::string named(std::size_t number, const std::string& host, const std::string& words) {
  return fmt::format("rank {} on {}: {}", number, host, words);
}

/// Why the whole failed: where one rank fails, the others do so after it.
std::optional<std::string> failure_of(const std::vector<RankReport>& ranks) {
  std::optional<std::string> failure;
  for (std::size_t number = 0; number < ranks.size(); ++number) {
    const auto& rank = ranks[number];
    if (!rank.report.failure || (failure && rank.ended_by)) continue;
    failure = named(number, rank.host, *rank.report.failure);
    if (!rank.ended_by) break;
  }
  return failure;
}

/// Why the generator was the limit, as this rank alone tells it.
std::optional<std::string> limit_in(const RankReport& rank, const json& self) {
  const auto& window = rank.report.window;
  if (const auto late = judge_start(static_cast<double>(rank.start_late_ns),
                                    static_cast<double>(window.end_ns - window.start_ns)))
    return late->reason;
  if (self.value("limited_by", "") != to_text(LimitedBy::generator)) return std::nullopt;
  return self.at("reason").get<std::string>();
}

/// A starved rank may be one of many, and not show in what they say together.
void name_limiting_rank(const std::vector<RankReport>& ranks, json& whole) {
  for (std::size_t number = 0; number < ranks.size(); ++number) {
    const auto reason =
        limit_in(ranks[number], whole["ranks"][number]["report"].value("self", json::object()));
    if (!reason) continue;
    whole["self"]["limited_by"] = to_text(LimitedBy::generator);
    whole["self"]["reason"] = named(number, ranks[number].host, *reason);
    return;
  }
}

}  // namespace

LoadReport on_clock_of_rank_0(const RankReport& rank) {
  LoadReport report = rank.report;
  const std::int64_t by_ns = -rank.clock.ahead_ns;
  move_clock(report.window.start_ns, by_ns);
  move_clock(report.window.end_ns, by_ns);
  if (report.window.deadline_ns) move_clock(*report.window.deadline_ns, by_ns);
  report.service_series.move(by_ns);
  if (report.paced) report.paced->series.move(by_ns);
  if (report.losses) {
    move_clock(report.losses->first_ns, by_ns);
    move_clock(report.losses->last_return_ns, by_ns);
  }
  return report;
}

LoadReport merge_ranks(const std::vector<RankReport>& ranks) {
  LoadReport whole;
  for (std::size_t number = 0; number < ranks.size(); ++number) {
    LoadReport part = on_clock_of_rank_0(ranks[number]);
    whole = number == 0 ? std::move(part) : merge(std::move(whole), part);
  }
  whole.failure = failure_of(ranks);
  return whole;
}

json to_json(const RankReport& rank) {
  return {{"host", rank.host},
          {"clock", {{"ahead_ns", rank.clock.ahead_ns}, {"error_ns", rank.clock.error_ns}}},
          {"ended_by", rank.ended_by ? json(*rank.ended_by) : json(nullptr)},
          {"start_late_ns", rank.start_late_ns},
          {"report", to_json(rank.report)}};
}

RankReport rank_report_from_json(const json& object) {
  try {
    RankReport rank;
    rank.host = object.at("host");
    rank.clock = {object.at("clock").at("ahead_ns"), object.at("clock").at("error_ns")};
    if (!object.at("ended_by").is_null()) rank.ended_by = object["ended_by"].get<std::size_t>();
    rank.start_late_ns = object.at("start_late_ns");
    rank.report = load_report_from_json(object.at("report"));
    return rank;
  } catch (const json::exception& error) {
    throw ReportError(fmt::format("the report of a rank: {}", error.what()));
  }
}

json to_json(const std::vector<RankReport>& ranks) {
  json object = to_json(merge_ranks(ranks));
  object["ranks"] = json::array();
  for (const RankReport& rank : ranks) {
    object["ranks"].push_back(to_json(rank));
    json& report = object["ranks"].back()["report"];
    report.erase("plan");
    // It asks how many requests the whole plan keeps under way.
    if (report.contains("self")) report["self"].erase("littles_law_residual");
  }
  name_limiting_rank(ranks, object);
  return object;
}

}  // namespace threadmill::load
