#pragma once
// Scenarios that ask the same at several levels of load. Pure functions; every thread may call them.

#include <cstddef>
#include <nlohmann/json.hpp>
#include <vector>

#include "results/comparison/comparison.h"
#include "results/trial/load_factors.h"

namespace threadmill::results {

struct FamilyMember {
  std::size_t scenario = 0;    ///< index into Comparison::scenarios
  std::vector<double> levels;  ///< of each factor of the family, in its order
};

/// Scenarios whose loads differ in the values of some factors and in nothing else that a server notices, and
/// that ask for the same beside the load.
struct LoadFamily {
  std::vector<Factor> factors;
  nlohmann::json common;              ///< the load that all have, defaults filled in, without the factors
  nlohmann::json conditions;          ///< as in ScenarioComparison
  std::vector<FamilyMember> members;  ///< that have trials; by their levels, each levels once
};

/// Those families in which each factor has two values or more, in the order of their first scenarios.
std::vector<LoadFamily> load_families(const Comparison& comparison, const std::vector<Factor>& wanted);

}  // namespace threadmill::results
