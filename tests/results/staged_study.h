#pragma once
// Result files of studies for tests.

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "results/file/store.h"

namespace threadmill::results {

/// The trials of one subject in one scenario: requests/s of each repeat, and what else is special of each.
struct StagedCell {
  std::string scenario;
  std::string subject;
  std::vector<std::uint64_t> rates;
  std::function<void(nlohmann::json&)> change = [](nlohmann::json&) {};
};

/// As many rates as repeats, within 0.7 % above `rate` and in an order that depends on `order`, so that no
/// two cells have the same noise.
std::vector<std::uint64_t> steady_rates(std::uint64_t rate, std::uint64_t order, std::size_t repeats = 8);

/// A claim as a study file has it.
nlohmann::json staged_claim(const std::string& metric, const std::vector<std::string>& scenarios,
                            const nlohmann::json& test);

/// A complete run of the study "staged" with these claims.
ResultFile staged_study(const std::vector<StagedCell>& cells, const std::vector<nlohmann::json>& claims);

/// For StagedCell::change: the load generator had no more to give.
void with_a_full_generator(nlohmann::json& trial);

}  // namespace threadmill::results
