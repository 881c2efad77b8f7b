#pragma once
// Result files whose subjects cost what a test wants.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "results/file/store.h"

namespace threadmill::results {

/// CPU-us per request of a subject in its repeats, from 0.
using CostOf = std::function<double(int repeat)>;

struct StagedSubject {
  std::string name;
  CostOf cost;
};

/// A result file of the scenario "echo" with so many blocks of two repeats.
ResultFile staged_file(const std::string& name, const std::vector<StagedSubject>& subjects, int blocks);

/// `cost` with noise of so many percent in each trial: the same for the same seed, on every machine.
CostOf noisy(double cost, double percent, std::uint64_t seed);

}  // namespace threadmill::results
