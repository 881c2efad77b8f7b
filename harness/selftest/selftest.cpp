#include "harness/selftest/selftest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <system_error>
#include <vector>

#include "harness/catalogue/named.h"
#include "harness/catalogue/subject.h"
#include "harness/locations.h"
#include "harness/selftest/loopback_copy.h"
#include "harness/selftest/reference_process.h"
#include "harness/trial/load_run.h"
#include "harness/trial/server_process.h"
#include "harness/trial/trial_failure.h"
#include "loadgen/reference/reference_report.h"
#include "loadgen/reference/truth_comparison.h"
#include "loadgen/report.h"
#include "loadgen/self_knowledge.h"

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

LoadRun load_run(const os::CpuSet& cpus) {
  return {{program("threadmill-load").string()}, cpus, "load", nullptr};
}

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
  if (!load::reference::reference_report_from_json(truth).complete()) {
    throw TrialFailure("load",
                       "the kernel's timestamps of some requests are missing or of a clock that was set");
  }
  return {std::move(report), std::move(truth)};
}

std::vector<TruthRow> compare(const load::Histogram& reported, const json& truth) {
  const auto kernel = load::histogram_from_json(truth.at("true_latency"));
  return load::reference::compare_with_truth(reported, kernel, kPercentiles);
}

/// For each percentile, the slice whose error is the median of all slices', and the largest error of any.
json rows_of(const std::vector<std::vector<TruthRow>>& slices) {
  json list = json::array();
  for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
    std::vector<TruthRow> rows;
    for (const auto& slice : slices) rows.push_back(slice[i]);
    const auto by_error = [](const TruthRow& a, const TruthRow& b) { return a.error_ns < b.error_ns; };
    std::sort(rows.begin(), rows.end(), by_error);
    const TruthRow& median = rows[rows.size() / 2];
    const auto worst = std::max_element(rows.begin(), rows.end(), [](const TruthRow& a, const TruthRow& b) {
      return std::abs(a.error_ns) < std::abs(b.error_ns);
    });
    list.push_back({{"percentile", median.percentile},
                    {"true_ns", median.true_ns},
                    {"reported_ns", median.reported_ns},
                    {"error_ns", median.error_ns},
                    {"worst_error_ns", worst->error_ns},
                    {"agrees", load::reference::agrees(median)}});
  }
  return list;
}

/// The slices of one case, which are spread over the whole self-test: the machine drifts.
class TruthCase {
 public:
  explicit TruthCase(Case test) : test_(std::move(test)) {}

  const Case& test() const { return test_; }

  void add(const Outcome& outcome) {
    const auto& paced = *outcome.report.paced;
    response_.push_back(compare(paced.response_time, outcome.truth));
    service_.push_back(compare(outcome.report.service_time, outcome.truth));
    slip_p99_ns_.push_back(paced.slip.value_at_percentile(99));
    starved_.push_back(load::self_knowledge(outcome.report).evidence.starved);
    requests_ += outcome.report.completed;
    stamped_ += outcome.truth.at("requests").get<std::uint64_t>();
  }

  json to_json() {
    std::sort(slip_p99_ns_.begin(), slip_p99_ns_.end());
    return {{"service", test_.service},
            {"rate_per_s", test_.arrivals.at("rate_per_s")},
            {"wait", test_.arrivals.at("wait")},
            {"slices", response_.size()},
            {"requests", requests_},
            {"requests_stamped", stamped_},
            {"response_time", rows_of(response_)},
            {"service_time", rows_of(service_)},
            {"slip_p99_ns", slip_p99_ns_[slip_p99_ns_.size() / 2]},
            {"most_starved", *std::max_element(starved_.begin(), starved_.end())}};
  }

 private:
  Case test_;
  std::vector<std::vector<TruthRow>> response_;
  std::vector<std::vector<TruthRow>> service_;
  std::vector<std::int64_t> slip_p99_ns_;
  std::vector<double> starved_;
  std::uint64_t requests_ = 0;
  std::uint64_t stamped_ = 0;
};

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
        cases.push_back({.service = service, .arrivals = poisson(rate, wait), .duration_s = 2, .stall = {}});
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
  const auto* bare = find_named(models, "bare-epoll");
  if (bare == nullptr) throw TrialFailure("start", "the model bare-epoll is missing");
  json plan = plan_of({.service = "", .arrivals = nullptr, .duration_s = duration_s, .stall = {}}, 0.1);
  plan["pipeline"] = pipeline;
  ServerProcess server(loop, *bare, "echo", cpus.server, connections_of(plan));
  server.start();
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
          {"service_time", rows_of({compare(outcome.report.service_time, outcome.truth)})}};
}

json loopback(const CpuPlan& cpus, double seconds) {
  try {
    return loopback_copy(cpus, seconds);
  } catch (const std::system_error& error) {
    throw TrialFailure("load", error.what());
  }
}

}  // namespace

json run_selftest(EventLoop& loop, const CpuPlan& cpus, SelftestLength length,
                  const SelftestProgress& progress) {
  const bool full = length == SelftestLength::full;
  const double seconds = full ? 3 : 0.2;
  json result = {{"length", full ? "full" : "brief"}, {"truth", json::array()}, {"ceiling", json::array()}};
  std::vector<TruthCase> cases;
  for (auto& test : truth_cases(length)) cases.emplace_back(std::move(test));
  const int slices = full ? 3 : 1;
  for (int slice = 0; slice < slices; ++slice) {
    progress(fmt::format("{} loads of known latency, slice {} of {}", cases.size(), slice + 1, slices));
    for (auto& one : cases) one.add(run_case(loop, one.test(), cpus, full ? 0.3 : 0.1));
  }
  for (auto& one : cases) result["truth"].push_back(one.to_json());
  for (const std::uint32_t pipeline : {1U, 16U}) {
    progress(fmt::format("the generator's ceiling, {} in flight on each of 100 connections", pipeline));
    result["ceiling"].push_back(ceiling(loop, cpus, seconds, pipeline));
  }
  progress("the smallest latency, one request at a time");
  result["resolution"] = resolution(loop, cpus, full ? 2 : 0.1);
  progress("what the loopback copies from one thread to another");
  result["loopback"] = loopback(cpus, full ? 2 : 0.2);
  if (full) {
    progress("a stall of 200 ms every 5 s");
    result["stall"] = stall_case(loop, cpus);
  }
  return result;
}

json brief_selftest(const CpuPlan& cpus) {
  fmt::print(stderr, "measuring the load generator itself (threadmill selftest tells more)\n");
  EventLoop loop;
  try {
    return run_selftest(loop, cpus, SelftestLength::brief, [](const std::string&) {});
  } catch (const TrialFailure& failure) {
    fmt::print(stderr, "the self-test failed; the run goes on without its figures: {}\n", failure.what());
    return {{"failure", failure.what()}};
  }
}

}  // namespace threadmill::harness
