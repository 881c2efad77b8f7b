#include "trial_records.h"

#include <algorithm>

#include "loadgen/histogram.h"

namespace threadmill::results {

using nlohmann::json;

json histogram_of(const std::vector<std::int64_t>& nanoseconds, int times) {
  load::Histogram histogram;
  for (int i = 0; i < times; ++i)
    for (const auto value : nanoseconds) histogram.record(value);
  return {{"unit", "ns"},           {"count", histogram.count()}, {"min", histogram.min()},
          {"max", histogram.max()}, {"mean", histogram.mean()},   {"hdr_v2", histogram.encode()}};
}

namespace {

constexpr std::int64_t mib = 1 << 20;

json snapshot(std::int64_t cpu_ns, std::int64_t pss_bytes, std::int64_t switches) {
  return {{"t_ns", 0},
          {"cpu_ns", cpu_ns},
          {"pss_bytes", pss_bytes},
          {"kernel_stack_bytes", 0},
          {"page_table_bytes", 0},
          {"voluntary_switches", switches},
          {"involuntary_switches", switches}};
}

}  // namespace

json echo_trial(const std::string& subject, int repeat, std::uint64_t completed) {
  const json window = {{"start_ns", 5'000'000'000}, {"end_ns", 6'000'000'000}};
  const json load = {
      {"outcome", "complete"},
      {"failure", nullptr},
      {"window", window},
      {"connections", {{"asked", 10}, {"established", 10}}},
      {"completed", completed},
      {"errors", {{"connect", 0}, {"reset", 0}}},
      {"integrity", {{"lost", 0}, {"corrupt", 0}}},
      {"latency", {{"service_time", histogram_of({1000, 2000, 3000}, 4000)}}},
      {"self",
       {{"paced", false},
        {"busiest_thread", 0.5},
        {"starved", 0.0},
        {"unread", 0.0},
        {"unsent", 0.0},
        {"service_min_us", 1.0},
        {"service_mean_us", 2.0},
        {"in_flight", 10.0}}},
      {"generator", {{"threads", json::array({{{"cpus", {1}}, {"window_cpu_ns", 500'000'000}}})}}}};
  return {{"record", "trial"},
          {"scenario", "echo"},
          {"subject", subject},
          {"repeat", repeat},
          {"sequence", repeat},
          {"started_at", "2026-11-21T03:00:00Z"},
          {"outcome", "ok"},
          {"failure", nullptr},
          {"server",
           {{"command", {"threadmill-server"}}, {"ready", {{"model", subject}, {"flush", "immediate"}}}}},
          {"load", load},
          {"samples",
           {{"gates",
             {{"start", snapshot(0, 1 * mib, 0)},
              {"connected", snapshot(100'000'000, 6 * mib, 50)},
              {"warm", snapshot(200'000'000, 9 * mib, 100)},
              {"measured", snapshot(600'000'000, 11 * mib, 200)}}},
            {"pss_peak_bytes", 12 * mib}}}};
}

void hold_back(json& trial) { trial["load"]["self"]["busiest_thread"] = 0.99; }

json echo_scenario(const std::vector<std::string>& subjects) {
  return {{"record", "scenario"}, {"name", "echo"},
          {"title", "Echo"},      {"service", "echo"},
          {"subjects", subjects}, {"load", {{"driver", "echo"}, {"connections", 10}, {"message_bytes", 64}}}};
}

ResultFile result_file(const std::string& name, std::vector<json> trials) {
  std::vector<std::string> subjects;
  for (const json& trial : trials) {
    const auto subject = trial.at("subject").get<std::string>();
    if (std::find(subjects.begin(), subjects.end(), subject) == subjects.end()) subjects.push_back(subject);
  }
  ResultFile file;
  file.path = name;
  file.header = {{"record", "header"},
                 {"environment", {{"build_type", "Release"}}},
                 {"run", {{"server_cpus", {0}}, {"generator_cpus", {1}}, {"seed", 7}, {"repeats", 2}}}};
  file.scenarios = {echo_scenario(subjects)};
  file.trials = std::move(trials);
  file.end_outcome = "complete";
  return file;
}

}  // namespace threadmill::results
