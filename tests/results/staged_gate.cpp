#include "tests/results/staged_gate.h"

#include <cmath>
#include <random>

#include "tests/results/trial_records.h"

namespace threadmill::results {
namespace {

/// The sum of twelve uniform numbers less 6 is nearly normal, and the same with every standard library.
double nearly_normal(std::mt19937_64& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += static_cast<double>(random() >> 11) * 0x1p-53;
  return sum;
}

}  // namespace

ResultFile staged_file(const std::string& name, const std::vector<StagedSubject>& subjects, int blocks) {
  constexpr std::uint64_t requests = 10'000;
  std::vector<nlohmann::json> trials;
  for (int repeat = 0; repeat < 2 * blocks; ++repeat) {
    for (const StagedSubject& subject : subjects) {
      auto trial = echo_trial(subject.name, repeat, requests);
      trial["load"]["latency"] = nlohmann::json::object();  // histograms take long to read
      auto& gates = trial["samples"]["gates"];
      const double used_ns = subject.cost(repeat) * 1000 * static_cast<double>(requests);
      gates["measured"]["cpu_ns"] = gates["warm"]["cpu_ns"].get<double>() + used_ns;
      trials.push_back(std::move(trial));
    }
  }
  return result_file(name, std::move(trials));
}

CostOf noisy(double cost, double percent, std::uint64_t seed) {
  return [=](int repeat) {
    std::mt19937_64 random(seed * 1'000'003 + static_cast<std::uint64_t>(repeat));
    random.discard(16);
    return cost * std::exp(percent / 100 * nearly_normal(random));
  };
}

}  // namespace threadmill::results
