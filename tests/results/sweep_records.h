#pragma once
// Sweeps for tests: result files of searches over servers whose latency follows from arithmetic.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "results/file/store.h"
#include "results/sweep/capacity_search.h"

namespace threadmill::results {

/// A queue with one server: its mean response time is 50 us / (1 - load), with exponential tails.
struct FakeServer {
  std::string subject;
  double highest_per_s = 1;  ///< at which the load is 1
  /// Above this rate the load generator cannot send in time.
  double generator_per_s = 1e12;
  std::vector<double> disturbances = {};  ///< in each search, what highest_per_s is multiplied by
};

/// The terms of the fake sweeps: of "echo" over rate_per_s, from 1000 to 1,000,000, p99<5ms, precision 5 %.
nlohmann::json fake_level(Level level);

/// A probe of that server at that level, in the search `repeat`.
nlohmann::json fake_probe(const FakeServer& server, int repeat, Level level);

/// `searches` searches for each server's capacity, as a sweep would keep them.
ResultFile fake_sweep(const std::vector<FakeServer>& servers, int searches);

}  // namespace threadmill::results
