#include "tests/results/sweep_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "results/sweep/probe.h"
#include "results/trial/trial.h"
#include "tests/results/trial_records.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

constexpr SearchRange kRange{1'000, 1'000'000, 0.05};

/// 200 quantiles of the exponential distribution with this mean.
std::vector<std::int64_t> exponential_ns(double mean_ns) {
  constexpr int count = 200;
  std::vector<std::int64_t> values;
  for (int i = 0; i < count; ++i) values.push_back(std::llround(-std::log(1 - (i + 0.5) / count) * mean_ns));
  return values;
}

double mean_response_ns(double load) { return load < 0.9999 ? 50e3 / (1 - load) : 500e6; }

}  // namespace

json fake_level(Level level) {
  return {{"record", "scenario"},
          {"name", fmt::format("echo@{}", level)},
          {"title", "Echo"},
          {"question", "How much?"},
          {"service", "echo"},
          {"subjects", json::array()},
          {"load",
           {{"driver", "echo"},
            {"connections", 10},
            {"message_bytes", 64},
            {"arrivals", {{"process", "poisson"}, {"rate_per_s", level}}},
            {"stop", {{"duration_s", 1}}}}},
          {"sweep",
           {{"of", "echo"},
            {"over", "rate_per_s"},
            {"level", level},
            {"slo", "p99<5ms"},
            {"max_errors", 0},
            {"from", kRange.from},
            {"to", kRange.to},
            {"precision", kRange.precision}}}};
}

json fake_probe(const FakeServer& server, int repeat, Level level) {
  const auto index = static_cast<std::size_t>(repeat);
  const double disturbance = index < server.disturbances.size() ? server.disturbances[index] : 1;
  const double load = static_cast<double>(level) / (server.highest_per_s * disturbance);
  const bool generator_is_late = static_cast<double>(level) > server.generator_per_s;
  const double mean_ns = generator_is_late ? 20e6 : mean_response_ns(load);
  const auto answered = static_cast<std::uint64_t>(static_cast<double>(level) / std::max(1.0, load));

  auto record = echo_trial(server.subject, repeat, answered);
  record["scenario"] = fmt::format("echo@{}", level);
  auto& report = record["load"];
  report["window"]["deadline_ns"] = report["window"]["end_ns"];
  report["completed_in_time"] = answered;
  report["unsent"] = static_cast<std::uint64_t>(level) - answered;
  report["latency"]["response_time"] = histogram_of(exponential_ns(mean_ns));
  report["self"]["paced"] = report["self"]["open"] = true;
  report["self"]["unsent"] = 1 - 1 / std::max(1.0, load);
  report["self"]["send_delay_p99_us"] = generator_is_late ? 15e3 : 10.0;
  report["self"]["response_p99_us"] = 5 * mean_ns / 1e3;
  return record;
}

ResultFile fake_sweep(const std::vector<FakeServer>& servers, int searches) {
  auto file = result_file("sweep.jsonl", {});
  file.header["run"]["kind"] = "sweep";
  file.scenarios.clear();
  std::set<Level> known;
  for (const FakeServer& server : servers) {
    std::optional<double> guess;
    for (int repeat = 0; repeat < searches; ++repeat) {
      CapacitySearch search(kRange, guess);
      while (const auto level = search.next()) {
        if (known.insert(*level).second) file.scenarios.push_back(fake_level(*level));
        auto record = fake_probe(server, repeat, *level);
        record["sequence"] = file.trials.size();
        const auto verdict = judge_probe(record, derive_trial(record, 1),
                                         {ServiceLevel::parse("p99<5ms"), Latency::response, true, 0});
        search.observe(verdict.outcome.value_or(ProbeOutcome::violates));
        file.trials.push_back(std::move(record));
      }
      const auto bracket = bracket_of(search.outcomes());
      if (bracket.meets) guess = static_cast<double>(*bracket.meets) * (1 + 0.01 * repeat);
    }
  }
  return file;
}

}  // namespace threadmill::results
