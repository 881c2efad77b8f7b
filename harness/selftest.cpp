#include "harness/selftest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "harness/load_run.h"
#include "harness/locations.h"
#include "harness/reference_process.h"
#include "harness/server_process.h"
#include "harness/subject.h"
#include "loadgen/reference/truth_comparison.h"
#include "loadgen/report.h"

namespace threadmill::harness {
namespace {

using load::reference::TruthRow;
using nlohmann::json;

constexpr std::array<double, 3> kPercentiles = {50, 99, 99.9};
constexpr std::uint64_t kSeed = 1;

/// A load on the reference server.
struct Case {
  std::string service;  // as threadmill-reference takes it
  json arrivals;
  std::uint32_t connections = 100;
  double duration_s = 5;
  std::vector<std::string> stall;  // options of threadmill-reference
};

struct Outcome {
  load::LoadReport report;
  json truth;
};

json plan_of(const Case& test, double warmup_s) {
  json plan = {{"driver", "echo"},
               {"connections", test.connections},
               {"message_bytes", 64},
               {"threads", 1},
               {"stop", {{"duration_s", test.duration_s}, {"warmup_s", warmup_s}}}};
  if (!test.arrivals.is_null()) plan["arrivals"] = test.arrivals;
  return plan;
}

LoadRun load_run(const os::CpuSet& cpus) { return {program("threadmill-load"), cpus, "load", nullptr}; }

load::LoadReport run_plan(EventLoop& loop, const json& plan, std::uint16_t port, const os::CpuSet& cpus,
                          WatchedServer& server) {
  const auto report = run_load(loop, load_run(cpus), plan_for(plan, port, cpus, kSeed), server);
  if (const auto wrong = complaints(report); !wrong.empty()) throw TrialFailure("load", wrong);
  return load::load_report_from_json(report);
}

Outcome run_case(EventLoop& loop, const Case& test, const CpuPlan& cpus, double warmup_s) {
  ReferenceProcess server(loop, test.service, test.stall, cpus.server);
  auto report = run_plan(loop, plan_of(test, warmup_s), server.port(), cpus.generator, server);
  auto truth = server.truth(report.window.start_ns, report.window.end_ns);
  return {std::move(report), std::move(truth)};
}

json rows_to_json(const std::vector<TruthRow>& rows) {
  json list = json::array();
  for (const auto& row : rows) {
    list.push_back({{"percentile", row.percentile},
                    {"true_ns", row.true_ns},
                    {"reported_ns", row.reported_ns},
                    {"error_ns", row.error_ns},
                    {"agrees", load::reference::agrees(row)}});
  }
  return list;
}

json compare(const load::Histogram& reported, const json& truth) {
  const auto kernel = load::histogram_from_json(truth.at("true_latency"));
  return rows_to_json(load::reference::compare_with_truth(reported, kernel, kPercentiles));
}

json truth_case(const Case& test, const Outcome& outcome) {
  const auto& paced = *outcome.report.paced;
  return {{"service", test.service},
          {"rate_per_s", test.arrivals.at("rate_per_s")},
          {"wait", test.arrivals.at("wait")},
          {"requests", outcome.report.completed},
          {"requests_stamped", outcome.truth.at("requests")},
          {"response_time", compare(paced.response_time, outcome.truth)},
          {"service_time", compare(outcome.report.service_time, outcome.truth)},
          {"slip_p99_ns", paced.slip.value_at_percentile(99)}};
}

json poisson(double rate_per_s, const char* wait) {
  return {{"process", "poisson"}, {"rate_per_s", rate_per_s}, {"wait", wait}};
}

std::vector<Case> truth_cases(SelftestLength length) {
  if (length == SelftestLength::brief) {
    return {
        {.service = "constant:500us", .arrivals = poisson(4000, "hybrid"), .duration_s = 0.3, .stall = {}}};
  }
  std::vector<Case> cases;
  for (const char* wait : {"sleep", "hybrid", "spin"}) {
    for (const char* service : {"constant:500us", "bimodal:300us,5ms,1%", "exponential:1ms"}) {
      for (const double rate : {4000.0, 20'000.0}) {
        cases.push_back({.service = service, .arrivals = poisson(rate, wait), .stall = {}});
      }
    }
  }
  return cases;
}

/// A server that stops for 200 ms every 5 s makes 4 % of evenly arriving requests late, each by what is left
/// of the stall: evenly between 0 and 200 ms. So 1 % of all waits longer than three quarters of it.
json stall_case(EventLoop& loop, const CpuPlan& cpus) {
  const Case test{.service = "none",
                  .arrivals = {{"process", "constant"}, {"rate_per_s", 1000}, {"wait", "hybrid"}},
                  .connections = 10,
                  .duration_s = 20,
                  .stall = {"--stall", "200ms", "--stall-every", "5s"}};
  const auto outcome = run_case(loop, test, cpus, 0.5);
  const auto& response = outcome.report.paced->response_time;
  json rows = json::array();
  for (const double percentile : {97.0, 98.0, 99.0, 99.9}) {
    const double late_share = (100 - percentile) / 4;  // of the late requests, those that are later
    rows.push_back({{"percentile", percentile},
                    {"expected_ns", static_cast<std::int64_t>(200e6 * (1 - late_share))},
                    {"response_ns", response.value_at_percentile(percentile)},
                    {"service_ns", outcome.report.service_time.value_at_percentile(percentile)}});
  }
  return {{"stall_ms", 200}, {"every_ms", 5000}, {"rate_per_s", 1000}, {"percentiles", rows}};
}

/// What one generator CPU can do at most: against the barest server there is, with as much under way as keeps
/// it busy.
json ceiling(EventLoop& loop, const CpuPlan& cpus, double duration_s, std::uint32_t pipeline) {
  const auto models = model_subjects(program("threadmill-server"));
  const auto bare =
      std::find_if(models.begin(), models.end(), [](const Subject& s) { return s.name == "bare-epoll"; });
  if (bare == models.end()) throw TrialFailure("start", "the model bare-epoll is missing");
  ServerProcess server(loop, *bare, "echo", cpus.server);
  server.start();
  json plan = plan_of({.service = "", .arrivals = nullptr, .duration_s = duration_s, .stall = {}}, 0.1);
  plan["pipeline"] = pipeline;
  const auto report = run_plan(loop, plan, server.port(), cpus.generator, server);
  server.stop();
  const auto cpu_us = static_cast<double>(report.threads.at(0).window_cpu_ns) / 1e3;
  const auto completed = static_cast<double>(report.completed);
  const double window_s = static_cast<double>(report.window.end_ns - report.window.start_ns) / 1e9;
  return {{"pipeline", pipeline},
          {"requests_per_s", completed / window_s},
          {"generator_cpu_us_per_request", cpu_us / completed},
          {"one_cpu_requests_per_s", 1e6 * completed / cpu_us}};
}

/// One request at a time on one connection, answered at once, the generator polling for it.
json resolution(EventLoop& loop, const CpuPlan& cpus, double duration_s) {
  const Case test{.service = "none",
                  .arrivals = {{"wait", "spin"}},
                  .connections = 1,
                  .duration_s = duration_s,
                  .stall = {}};
  const auto outcome = run_case(loop, test, cpus, 0.1);
  return {{"least_ns", outcome.report.service_time.min()},
          {"service_time", compare(outcome.report.service_time, outcome.truth)}};
}

}  // namespace

json run_selftest(EventLoop& loop, const CpuPlan& cpus, SelftestLength length,
                  const SelftestProgress& progress) {
  const bool full = length == SelftestLength::full;
  const double seconds = full ? 3 : 0.2;
  json result = {{"length", full ? "full" : "brief"}, {"truth", json::array()}, {"ceiling", json::array()}};
  for (const auto& test : truth_cases(length)) {
    progress(fmt::format("service time {}, {} requests/s, waiting by {}", test.service,
                         test.arrivals.at("rate_per_s").dump(), test.arrivals.at("wait").get<std::string>()));
    result["truth"].push_back(truth_case(test, run_case(loop, test, cpus, full ? 0.5 : 0.1)));
  }
  for (const std::uint32_t pipeline : {1U, 16U}) {
    progress(fmt::format("the generator's ceiling, {} in flight on each of 100 connections", pipeline));
    result["ceiling"].push_back(ceiling(loop, cpus, seconds, pipeline));
  }
  progress("the smallest latency, one request at a time");
  result["resolution"] = resolution(loop, cpus, full ? 2 : 0.1);
  if (full) {
    progress("a stall of 200 ms every 5 s");
    result["stall"] = stall_case(loop, cpus);
  }
  return result;
}

}  // namespace threadmill::harness
