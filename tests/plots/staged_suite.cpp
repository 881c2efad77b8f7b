#include "staged_suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "loadgen/histogram.h"
#include "tests/results/trial_records.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;

constexpr int kSeconds = 4;
constexpr std::int64_t kStartNs = 5'000'000'000;
constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr double kMiB = 1024.0 * 1024;

/// What a model is like.
struct StagedModel {
  std::string subject;
  double requests_per_s;     ///< with few connections
  double loss_per_doubling;  ///< of its rate, as a share, from 16 connections on
  double user_share;         ///< of its CPU time
  double switches;           ///< for each request
  double calls;              ///< for each request
  double mib;                ///< idle
  double mib_per_connection;
};

const std::vector<StagedModel>& staged_models() {
  static const std::vector<StagedModel> models{
      {"bare-epoll", 160'000, 0.02, 0.20, 0.05, 2.1, 2.5, 0.004},
      {"fork", 90'000, 0.10, 0.25, 1.9, 2.0, 3.0, 0.40},
      {"thread", 105'000, 0.06, 0.27, 1.6, 2.0, 3.5, 0.06},
      {"epoll", 140'000, 0.03, 0.35, 0.06, 2.2, 3.2, 0.008},
      {"broker", 120'000, 0.008, 0.42, 0.08, 2.4, 3.4, 0.011},
  };
  return models;
}

/// Quantiles of a distribution with this median and a long tail.
std::vector<std::int64_t> latencies_ns(double median_ns, int count) {
  std::vector<std::int64_t> values;
  for (int i = 0; i < count; ++i) {
    const double beyond = 1 - (i + 0.5) / count;
    values.push_back(std::llround(median_ns * (0.6 + 0.4 * std::pow(2 * beyond, -0.45))));
  }
  return values;
}

json seconds_of(double requests_per_s, double median_ns) {
  json seconds = json::array();
  for (int second = 0; second < kSeconds; ++second) {
    const double wave = 1 + 0.04 * std::sin(second * 1.7);
    load::Histogram histogram;
    for (const auto ns : latencies_ns(median_ns / wave, 200)) histogram.record(ns);
    seconds.push_back({{"second", second},
                       {"completed", static_cast<std::uint64_t>(requests_per_s * wave)},
                       {"errors", 0},
                       {"p50_ns", histogram.value_at_percentile(50)},
                       {"p99_ns", histogram.value_at_percentile(99)},
                       {"hdr_v2", histogram.encode()}});
  }
  return seconds;
}

json samples_of(const StagedModel& model, double connections, double cpu_share) {
  const double loaded_mib = model.mib + model.mib_per_connection * connections;
  const auto snapshot = [&](std::int64_t t_ns, double mib) {
    const double cpu_ns = cpu_share * static_cast<double>(t_ns - (kStartNs - kSecondNs));
    return json{{"t_ns", t_ns},
                {"cpu_ns", std::llround(cpu_ns)},
                {"user_ticks_ns", std::llround(cpu_ns * model.user_share)},
                {"system_ticks_ns", std::llround(cpu_ns * (1 - model.user_share))},
                {"reaped_cpu_ns", 0},
                {"pss_bytes", std::llround(mib * kMiB)},
                {"kernel_stack_bytes", 16384},
                {"page_table_bytes", 65536},
                {"processes", 1},
                {"threads", 1},
                {"voluntary_switches", 0},
                {"involuntary_switches", 0},
                {"minor_faults", 100},
                {"major_faults", 0}};
  };
  json series = json::array();
  for (int tenth = 1; tenth < 10 * kSeconds; ++tenth) {
    const std::int64_t t_ns = kStartNs + tenth * kSecondNs / 10;
    json point = snapshot(t_ns, loaded_mib * (1 + 0.01 * std::sin(tenth * 0.4)));
    point["cpu_ns"] = point["cpu_ns"].get<std::int64_t>() + 2'000'000 * (tenth % 3);
    if (tenth % 5 != 0) point.erase("pss_bytes");
    series.push_back(std::move(point));
  }
  return {{"gates",
           {{"start", snapshot(kStartNs - kSecondNs, model.mib)},
            {"warm", snapshot(kStartNs, loaded_mib)},
            {"measured", snapshot(kStartNs + kSeconds * kSecondNs, loaded_mib)}}},
          {"series", series},
          {"pss_peak_bytes", std::llround(loaded_mib * 1.02 * kMiB)}};
}

/// One trial of a scenario, closed loop, of which the server is the limit.
json staged_trial(const std::string& scenario, const StagedModel& model, int repeat, int connections,
                  double requests_per_s) {
  const double rate = requests_per_s * (1 + 0.004 * (repeat - 1));
  const double median_ns = 1e9 * connections / rate;
  const auto completed = static_cast<std::uint64_t>(rate * kSeconds);
  json trial = results::echo_trial(model.subject, repeat, completed);
  trial["scenario"] = scenario;
  trial["samples"] = samples_of(model, connections, 0.97);
  auto& measured = trial["samples"]["gates"]["measured"];
  measured["voluntary_switches"] = std::llround(model.switches * static_cast<double>(completed));
  trial["syscalls"] = {{"counted", std::llround(model.calls * 10'000)}, {"requests", 10'000}};
  auto& load = trial["load"];
  load["window"] = {{"start_ns", kStartNs},
                    {"end_ns", kStartNs + kSeconds * kSecondNs},
                    {"deadline_ns", kStartNs + kSeconds * kSecondNs}};
  load["connections"] = {{"asked", connections}, {"established", connections}};
  load["completed_in_time"] = completed;
  load["latency"]["service_time"] = results::histogram_of(latencies_ns(median_ns, 12'000));
  load["series"]["service_time"] = seconds_of(rate, median_ns);
  return trial;
}

json staged_scenario(const std::string& name, const std::string& title, const json& load) {
  json full = load;
  full["stop"] = {{"duration_s", kSeconds}, {"warmup_s", 0.5}};
  return {{"record", "scenario"},
          {"name", name},
          {"title", title},
          {"question", ""},
          {"service", load.at("driver") == "pubsub" ? "chat" : "echo"},
          {"subjects", json::array()},
          {"load", full}};
}

void add_grid(results::ResultFile& file, int repeats) {
  for (const int connections : {16, 128, 1024}) {
    for (const int bytes : {64, 4096}) {
      const std::string name = fmt::format("echo-{}-{}", connections, bytes);
      file.scenarios.push_back(staged_scenario(
          name, fmt::format("Echo, {} connections, {} bytes", connections, bytes),
          {{"driver", "echo"}, {"connections", connections}, {"message_bytes", bytes}, {"pipeline", 1}}));
      const double doublings = std::log2(connections / 16.0);
      for (const StagedModel& model : staged_models()) {
        const bool tie = connections > 1000 && model.subject == "broker";
        const StagedModel& as = tie ? staged_models()[3] : model;
        const double rate =
            as.requests_per_s * (1 - as.loss_per_doubling * doublings) / (bytes > 64 ? 1.6 : 1);
        for (int repeat = 0; repeat < repeats; ++repeat) {
          file.trials.push_back(staged_trial(name, model, repeat, connections, rate));
          if (model.subject == "fork" && connections > 1000 && repeat == 0)
            file.trials.back()["load"]["integrity"]["lost"] = 3;
        }
      }
    }
  }
}

void add_open(results::ResultFile& file, int repeats) {
  constexpr int rate = 20'000;
  file.scenarios.push_back(staged_scenario("echo-open", "Echo, 20,000 requests a second",
                                           {{"driver", "echo"},
                                            {"connections", 100},
                                            {"message_bytes", 64},
                                            {"arrivals", {{"process", "poisson"}, {"rate_per_s", rate}}}}));
  for (const StagedModel& model : staged_models()) {
    for (int repeat = 0; repeat < repeats; ++repeat) {
      json trial = staged_trial("echo-open", model, repeat, 100, rate);
      const double service_ns = 2e9 / model.requests_per_s;
      auto& load = trial["load"];
      load["latency"]["service_time"] = results::histogram_of(latencies_ns(service_ns, 12'000));
      load["latency"]["response_time"] = results::histogram_of(latencies_ns(1.6 * service_ns, 12'000));
      load["series"]["response_time"] = seconds_of(rate, 1.6 * service_ns);
      load["self"]["paced"] = load["self"]["open"] = true;
      file.trials.push_back(std::move(trial));
    }
  }
}

void add_chat(results::ResultFile& file, int repeats) {
  for (const int subscribers : {10, 100, 1000}) {
    const std::string name = fmt::format("chat-{}", subscribers);
    file.scenarios.push_back(staged_scenario(name, fmt::format("Chat fan-out to {} subscribers", subscribers),
                                             {{"driver", "pubsub"},
                                              {"publishers", 4},
                                              {"subscribers", subscribers},
                                              {"message_bytes", 64},
                                              {"window", 32}}));
    for (const StagedModel& model : staged_models()) {
      if (model.subject == "bare-epoll") continue;
      const double deliveries_per_s = model.subject == "fork"     ? 15'000
                                      : model.subject == "broker" ? 3'000'000
                                                                  : 4 * model.requests_per_s;
      for (int repeat = 0; repeat < repeats; ++repeat) {
        json trial = staged_trial(name, model, repeat, subscribers + 4, deliveries_per_s / subscribers);
        auto& load = trial["load"];
        const auto completed = load["completed"].get<double>();
        load["deliveries"] = load["deliveries_in_time"] = std::llround(completed * subscribers);
        load["latency"]["delivery"] =
            results::histogram_of(latencies_ns(128e9 * subscribers / deliveries_per_s, 12'000));
        file.trials.push_back(std::move(trial));
      }
    }
  }
}

/// What pieces of work cost, so that the cost model has something to say.
void add_primitives(results::ResultFile& file) {
  const std::vector<std::pair<std::string, double>> costs = {
      {"receive/64", 900},       {"receive/4096", 1300},    {"send/64", 2500},
      {"send/4096", 2900},       {"epoll_wait/1", 1000},    {"epoll_wait/100", 48'000},
      {"thread_wake/2", 1400},   {"thread_wake/100", 2700}, {"process_wake/2", 1700},
      {"process_wake/100", 4500}};
  json figures = json::object();
  for (const auto& [name, ns] : costs)
    figures[name] = {{"median_ns", ns}, {"min_ns", ns}, {"max_ns", ns}, {"repetitions", 9}};
  file.header["primitives"] = {
      {"created", "2026-01-01T00:00:00Z"}, {"cpus", {{"server", 0}, {"peer", 1}}}, {"costs", figures}};
  const auto item = [](const char* work, const char* often) {
    return json{{"work", work}, {"often", often}, {"times", 1}};
  };
  const json message = {item("receive", "request"), item("send", "request")};
  auto& work = file.header["request_work"];
  for (const auto& model : staged_models()) work[model.subject] = message;
  work["fork"].push_back(item("process_switch", "task_switch"));
  work["thread"].push_back(item("thread_switch", "task_switch"));
  for (const char* loop : {"bare-epoll", "epoll", "broker"}) {
    work[loop].push_back(item("epoll_ready", "request"));
    work[loop].push_back(item("epoll_turn", "turn"));
  }
}

}  // namespace

results::ResultFile staged_suite(int repeats) {
  auto file = results::result_file("staged.jsonl", {});
  file.scenarios.clear();
  file.header["run"]["repeats"] = repeats;
  file.header["selftest"]["loopback"] = {{"piece_bytes", 65536}, {"bytes_per_s", 2e9}};
  add_primitives(file);
  add_grid(file, repeats);
  add_open(file, repeats);
  add_chat(file, repeats);
  for (std::size_t i = 0; i < file.trials.size(); ++i) file.trials[i]["sequence"] = i;
  return file;
}

}  // namespace threadmill::plots
