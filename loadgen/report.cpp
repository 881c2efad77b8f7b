#include "loadgen/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "loadgen/contracts.h"
#include "loadgen/json_fits.h"
#include "loadgen/self_knowledge.h"

namespace threadmill::load {
namespace {

using nlohmann::json;

// One list of names per struct, for both directions.
constexpr std::pair<const char*, std::uint64_t Errors::*> kErrors[] = {
    {"connect", &Errors::connect}, {"timeout", &Errors::timeout},   {"reset", &Errors::reset},
    {"closed", &Errors::closed},   {"protocol", &Errors::protocol}, {"server", &Errors::server}};
constexpr std::pair<const char*, std::uint64_t Integrity::*> kIntegrity[] = {
    {"corrupt", &Integrity::corrupt},
    {"lost", &Integrity::lost},
    {"repeated", &Integrity::repeated},
    {"reordered", &Integrity::reordered},
    {"misdelivered", &Integrity::misdelivered}};
constexpr std::pair<const char*, std::uint64_t Backlog::*> kBacklog[] = {
    {"in_flight", &Backlog::in_flight},
    {"unread_bytes", &Backlog::unread_bytes},
    {"connections_unread", &Backlog::connections_unread}};
constexpr std::pair<const char*, Histogram PacedLatency::*> kPaced[] = {
    {"response_time", &PacedLatency::response_time},
    {"slip", &PacedLatency::slip},
    {"send_delay", &PacedLatency::send_delay}};
constexpr std::pair<const char*, std::uint64_t BystanderCounts::*> kBystanderCounts[] = {
    {"asked", &BystanderCounts::asked},
    {"established", &BystanderCounts::established},
    {"dropped_by_server", &BystanderCounts::dropped_by_server},
    {"connect_failures", &BystanderCounts::connect_failures},
    {"bytes_read", &BystanderCounts::bytes_read}};
constexpr std::pair<const char*, BystanderCounts BystanderCountsByKind::*> kBystanders[] = {
    {"idle", &BystanderCountsByKind::idle},
    {"slow_readers", &BystanderCountsByKind::slow_readers},
    {"half_open", &BystanderCountsByKind::half_open},
    {"crashers", &BystanderCountsByKind::crashers}};
constexpr std::pair<const char*, std::uint64_t Losses::*> kLosses[] = {{"clients", &Losses::clients},
                                                                       {"connections", &Losses::connections},
                                                                       {"returned", &Losses::returned},
                                                                       {"requests", &Losses::requests},
                                                                       {"refused", &Losses::refused}};
constexpr std::pair<const char*, std::uint64_t Bytes::*> kBytes[] = {{"sent", &Bytes::sent},
                                                                     {"received", &Bytes::received}};

template <typename Counters, typename Fields>
json counters_to_json(const Counters& counters, const Fields& fields) {
  json object = json::object();
  for (const auto& [name, member] : fields) object[name] = counters.*member;
  return object;
}

const json& member(const json& object, const char* key) {
  if (!object.is_object() || !object.contains(key)) {
    throw ReportError(fmt::format("load report: \"{}\" is missing", key));
  }
  return object[key];
}

template <typename T>
T value(const json& object, const char* key) {
  const json& found = member(object, key);
  if (!json_fits<T>(found)) {
    throw ReportError(fmt::format("load report: \"{}\" has the wrong type: {}", key, found.dump()));
  }
  return found.get<T>();
}

template <typename Counters, typename Fields>
Counters counters_from_json(const json& object, const Fields& fields) {
  Counters counters;
  for (const auto& [name, member_pointer] : fields)
    counters.*member_pointer = value<std::uint64_t>(object, name);
  return counters;
}

json threads_to_json(const std::vector<ThreadUse>& threads) {
  json list = json::array();
  for (const auto& use : threads) {
    list.push_back({{"cpus", use.cpus},
                    {"user_ns", use.user_ns},
                    {"system_ns", use.system_ns},
                    {"window_cpu_ns", use.window_cpu_ns}});
    if (use.window_run_delay_ns) list.back()["window_run_delay_ns"] = *use.window_run_delay_ns;
  }
  return list;
}

std::vector<ThreadUse> threads_from_json(const json& list) {
  if (!list.is_array()) throw ReportError("load report: \"threads\" must be a list");
  std::vector<ThreadUse> threads;
  for (const auto& item : list) {
    threads.push_back({value<std::vector<int>>(item, "cpus"), value<std::int64_t>(item, "user_ns"),
                       value<std::int64_t>(item, "system_ns"), value<std::int64_t>(item, "window_cpu_ns"),
                       std::nullopt});
    if (item.contains("window_run_delay_ns")) {
      threads.back().window_run_delay_ns = value<std::int64_t>(item, "window_run_delay_ns");
    }
  }
  return threads;
}

/// A kind that reports of before do not have.
bool is_newer(BystanderCounts BystanderCountsByKind::*kind) {
  return kind == &BystanderCountsByKind::crashers;
}

json losses_to_json(const Losses& losses) {
  json object = counters_to_json(losses, kLosses);
  object["first_ns"] = losses.first_ns;
  object["last_return_ns"] = losses.last_return_ns;
  object["longest_absence_ns"] = losses.longest_absence_ns;
  return object;
}

Losses losses_from_json(const json& object) {
  auto losses = counters_from_json<Losses>(object, kLosses);
  losses.first_ns = value<std::int64_t>(object, "first_ns");
  losses.last_return_ns = value<std::int64_t>(object, "last_return_ns");
  losses.longest_absence_ns = value<std::int64_t>(object, "longest_absence_ns");
  return losses;
}

json bystanders_to_json(const BystanderReport& report) {
  json object = {{"cpu_ns", report.cpu_ns}};
  for (const auto& [name, kind] : kBystanders) {
    if (is_newer(kind) && (report.counts.*kind).asked == 0) continue;
    object[name] = counters_to_json(report.counts.*kind, kBystanderCounts);
  }
  return object;
}

BystanderReport bystanders_from_json(const json& object) {
  BystanderReport report;
  report.cpu_ns = value<std::int64_t>(object, "cpu_ns");
  for (const auto& [name, kind] : kBystanders) {
    if (is_newer(kind) && !object.contains(name)) continue;
    report.counts.*kind = counters_from_json<BystanderCounts>(member(object, name), kBystanderCounts);
  }
  return report;
}

}  // namespace

json to_json(const Histogram& histogram) {
  return {{"unit", "ns"},           {"count", histogram.count()}, {"min", histogram.min()},
          {"max", histogram.max()}, {"mean", histogram.mean()},   {"hdr_v2", histogram.encode()}};
}

Histogram histogram_from_json(const json& object) {
  if (value<std::string>(object, "unit") != "ns")
    throw ReportError("load report: a histogram's \"unit\" must be \"ns\"");
  try {
    Histogram histogram = Histogram::decode(value<std::string>(object, "hdr_v2"));
    histogram.restore_range(value<std::int64_t>(object, "min"), value<std::int64_t>(object, "max"));
    if (histogram.count() != value<std::uint64_t>(object, "count")) {
      throw ReportError("load report: a histogram's \"count\" contradicts its \"hdr_v2\"");
    }
    return histogram;
  } catch (const std::invalid_argument& error) {
    throw ReportError(fmt::format("load report: \"hdr_v2\": {}", error.what()));
  }
}

json to_json(const LoadReport& report) {
  json latency = {{"service_time", to_json(report.service_time)},
                  {"connect_time", to_json(report.connect_time)}};
  if (report.paced) {
    for (const auto& [name, histogram] : kPaced) latency[name] = to_json((*report.paced).*histogram);
  }
  if (report.delivery) {
    latency["delivery"] = to_json(report.delivery->from_send);
    if (report.paced) latency["delivery_response"] = to_json(report.delivery->from_due);
  }
  json object = {
      {"schema_version", kReportSchemaVersion},
      {"plan", to_json(report.plan)},
      {"outcome", report.complete() ? "complete" : "failed"},
      {"failure", report.failure ? json(*report.failure) : json(nullptr)},
      {"window", {{"start_ns", report.window.start_ns}, {"end_ns", report.window.end_ns}}},
      {"connections", {{"asked", report.asked}, {"established", report.established}}},
      {"completed", report.completed},
      {"completed_in_time", report.completed_in_time},
      {"bytes", counters_to_json(report.bytes, kBytes)},
      {"errors", counters_to_json(report.errors, kErrors)},
      {"integrity", counters_to_json(report.integrity, kIntegrity)},
      {"latency", std::move(latency)},
      {"generator",
       {{"threads", threads_to_json(report.threads)},
        {"max_rss_bytes", report.max_rss_bytes},
        {"readiness", {{"events", report.readiness.events}, {"squares", report.readiness.squares}}}}},
  };
  if (report.backlog) object["generator"]["backlog"] = counters_to_json(*report.backlog, kBacklog);
  object["series"] = {{"service_time", to_json(report.service_series)}};
  if (report.paced) object["series"]["response_time"] = to_json(report.paced->series);
  if (report.plan.arrivals.open()) object["unsent"] = report.unsent;
  if (report.warmup) {
    object["warmup"] = {{"steady", report.warmup->steady}, {"took_ns", report.warmup->took_ns}};
  }
  // Replies that are all alike (resp, http) do not tell whose they are: no contract can be judged.
  if (report.plan.is_pubsub() || report.plan.driver == DriverKind::echo) {
    const std::uint64_t arrived = report.deliveries.value_or(report.completed);
    auto integrity = report.integrity;
    if (report.continuity) integrity += integrity_of(*report.continuity);
    if (const auto contracts = integrity_verdict(integrity, arrived)) {
      object["contracts"] = to_json(*contracts);
    }
  }
  if (report.losses) object["losses"] = losses_to_json(*report.losses);
  if (report.continuity) object["continuity"] = to_json(*report.continuity);
  if (report.bystanders) object["bystanders"] = bystanders_to_json(*report.bystanders);
  if (report.window.end_ns > 0) object["self"] = to_json(self_knowledge(report));
  if (report.window.deadline_ns) object["window"]["deadline_ns"] = *report.window.deadline_ns;
  if (report.deliveries) object["deliveries"] = *report.deliveries;
  if (report.deliveries_in_time) object["deliveries_in_time"] = *report.deliveries_in_time;
  return object;
}

LoadReport load_report_from_json(const json& object) {
  if (const int version = value<int>(object, "schema_version"); version != kReportSchemaVersion) {
    throw ReportError(fmt::format("load report: \"schema_version\" is {}; this program reads {}", version,
                                  kReportSchemaVersion));
  }
  LoadReport report;
  report.plan = parse_plan(member(object, "plan"));
  if (!member(object, "failure").is_null()) report.failure = value<std::string>(object, "failure");
  if (value<std::string>(object, "outcome") != (report.complete() ? "complete" : "failed")) {
    throw ReportError("load report: \"outcome\" contradicts \"failure\"");
  }
  const auto& window = member(object, "window");
  report.window = {value<std::int64_t>(window, "start_ns"), value<std::int64_t>(window, "end_ns"),
                   std::nullopt};
  if (window.contains("deadline_ns")) report.window.deadline_ns = value<std::int64_t>(window, "deadline_ns");
  report.asked = value<std::uint64_t>(member(object, "connections"), "asked");
  report.established = value<std::uint64_t>(member(object, "connections"), "established");
  report.completed = value<std::uint64_t>(object, "completed");
  report.completed_in_time = value<std::uint64_t>(object, "completed_in_time");
  if (object.contains("deliveries")) {
    report.deliveries = value<std::uint64_t>(object, "deliveries");
    report.deliveries_in_time = value<std::uint64_t>(object, "deliveries_in_time");
  }
  report.bytes = counters_from_json<Bytes>(member(object, "bytes"), kBytes);
  report.errors = counters_from_json<Errors>(member(object, "errors"), kErrors);
  report.integrity = counters_from_json<Integrity>(member(object, "integrity"), kIntegrity);
  const auto& latency = member(object, "latency");
  report.service_time = histogram_from_json(member(latency, "service_time"));
  if (latency.contains("delivery")) {
    report.delivery.emplace().from_send = histogram_from_json(latency["delivery"]);
  }
  if (report.delivery && latency.contains("delivery_response")) {
    report.delivery->from_due = histogram_from_json(latency["delivery_response"]);
  }
  report.connect_time = histogram_from_json(member(latency, "connect_time"));
  const auto& series = member(object, "series");
  report.service_series = time_series_from_json(member(series, "service_time"), report.window.start_ns);
  if (latency.contains("response_time")) {
    report.paced.emplace();
    for (const auto& [name, histogram] : kPaced) {
      (*report.paced).*histogram = histogram_from_json(member(latency, name));
    }
    report.paced->series = time_series_from_json(member(series, "response_time"), report.window.start_ns);
  }
  if (report.plan.arrivals.open()) report.unsent = value<std::uint64_t>(object, "unsent");
  if (object.contains("warmup")) {
    report.warmup = {value<bool>(object["warmup"], "steady"),
                     value<std::int64_t>(object["warmup"], "took_ns")};
  }
  if (object.contains("losses")) report.losses = losses_from_json(object["losses"]);
  if (object.contains("continuity")) report.continuity = continuity_from_json(object["continuity"]);
  if (object.contains("bystanders")) report.bystanders = bystanders_from_json(object["bystanders"]);
  const auto& generator = member(object, "generator");
  const auto& readiness = member(generator, "readiness");
  report.readiness = {value<std::uint64_t>(readiness, "events"), value<double>(readiness, "squares")};
  if (generator.contains("backlog")) {
    report.backlog = counters_from_json<Backlog>(generator["backlog"], kBacklog);
  }
  report.threads = threads_from_json(member(generator, "threads"));
  report.max_rss_bytes = value<std::uint64_t>(generator, "max_rss_bytes");
  return report;
}

LoadReport merge(LoadReport first, const LoadReport& second) {
  if (!first.failure) first.failure = second.failure;
  const bool first_measured = first.window.end_ns != 0;
  if (!first_measured) {
    first.window = second.window;
  } else if (second.window.end_ns != 0) {
    first.window.start_ns = std::min(first.window.start_ns, second.window.start_ns);
    first.window.end_ns = std::max(first.window.end_ns, second.window.end_ns);
    first.window.deadline_ns = std::max(first.window.deadline_ns, second.window.deadline_ns);
  }
  first.asked += second.asked;
  first.established += second.established;
  first.completed += second.completed;
  first.completed_in_time += second.completed_in_time;
  if (second.deliveries) {
    first.deliveries = first.deliveries.value_or(0) + *second.deliveries;
    first.deliveries_in_time = first.deliveries_in_time.value_or(0) + second.deliveries_in_time.value_or(0);
  }
  first.bytes += second.bytes;
  first.errors += second.errors;
  first.integrity += second.integrity;
  if (second.losses) first.losses = first.losses.value_or(Losses{}) += *second.losses;
  first.service_time.merge(second.service_time);
  const auto merge_series = [&](TimeSeries& into, const TimeSeries& series) {
    if (!first_measured) {
      into = series;
    } else if (second.window.end_ns != 0) {
      into.merge(series);
    }
  };
  merge_series(first.service_series, second.service_series);
  first.unsent += second.unsent;
  first.connect_time.merge(second.connect_time);
  first.readiness += second.readiness;
  if (second.backlog) {
    if (!first.backlog) first.backlog.emplace();
    *first.backlog += *second.backlog;
  }
  if (second.paced) {
    if (!first.paced) first.paced.emplace();
    for (const auto& [name, histogram] : kPaced)
      ((*first.paced).*histogram).merge((*second.paced).*histogram);
    merge_series(first.paced->series, second.paced->series);
  }
  if (first.warmup && second.warmup) {
    first.warmup->steady &= second.warmup->steady;
    first.warmup->took_ns = std::max(first.warmup->took_ns, second.warmup->took_ns);
  }
  if (second.bystanders) {
    if (!first.bystanders) first.bystanders.emplace();
    first.bystanders->counts += second.bystanders->counts;
    first.bystanders->cpu_ns += second.bystanders->cpu_ns;
  }
  if (second.delivery) {
    if (!first.delivery) first.delivery.emplace();
    first.delivery->merge(*second.delivery);
  }
  first.threads.insert(first.threads.end(), second.threads.begin(), second.threads.end());
  first.max_rss_bytes += second.max_rss_bytes;
  return first;
}

}  // namespace threadmill::load
