#include "results/comparison/load_family.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace threadmill::results {
namespace {

using nlohmann::json;

void erase_at(json& load, const char* pointer) {
  const json::json_pointer at(pointer);
  if (load.contains(at)) load[at.parent_pointer()].erase(at.back());
}

/// The load without the factors, and without what concerns the generator alone or how long was looked.
json without_factors(json load, const std::vector<Factor>& free_factors) {
  for (const char* pointer :
       {"/threads", "/seed", "/connects_in_flight", "/timeouts", "/stop/duration_s", "/stop/warmup_s"})
    erase_at(load, pointer);
  for (const Factor factor : free_factors)
    erase_at(load, factors()[static_cast<std::size_t>(factor)].pointer);
  return load;
}

/// The value of each factor; nothing where the load lacks one.
std::optional<std::vector<double>> levels_of(const json& load, const std::vector<Factor>& wanted) {
  std::vector<double> levels;
  for (const Factor factor : wanted) {
    const auto level = factor_of(load, factor);
    if (!level) return std::nullopt;
    levels.push_back(*level);
  }
  return levels;
}

LoadFamily& family_with(std::vector<LoadFamily>& families, const std::vector<Factor>& wanted, json common,
                        const json& conditions) {
  const auto known = std::find_if(families.begin(), families.end(), [&](const LoadFamily& family) {
    return family.common == common && family.conditions == conditions;
  });
  if (known != families.end()) return *known;
  return families.emplace_back(LoadFamily{wanted, std::move(common), conditions, {}});
}

bool varies(const LoadFamily& family, std::size_t factor) {
  std::set<double> levels;
  for (const FamilyMember& member : family.members) levels.insert(member.levels[factor]);
  return levels.size() >= 2;
}

bool all_vary(const LoadFamily& family) {
  for (std::size_t factor = 0; factor < family.factors.size(); ++factor) {
    if (!varies(family, factor)) return false;
  }
  return true;
}

void put_in_order(LoadFamily& family) {
  auto& members = family.members;
  std::stable_sort(members.begin(), members.end(),
                   [](const FamilyMember& a, const FamilyMember& b) { return a.levels < b.levels; });
  const auto repeated =
      std::unique(members.begin(), members.end(),
                  [](const FamilyMember& a, const FamilyMember& b) { return a.levels == b.levels; });
  members.erase(repeated, members.end());
}

}  // namespace

std::vector<LoadFamily> load_families(const Comparison& comparison, const std::vector<Factor>& wanted) {
  std::vector<LoadFamily> families;
  for (std::size_t scenario = 0; scenario < comparison.scenarios.size(); ++scenario) {
    if (comparison.scenarios[scenario].rows.empty()) continue;
    const json load = load_with_defaults(comparison.scenarios[scenario].load);
    auto levels = levels_of(load, wanted);
    if (!levels) continue;
    family_with(families, wanted, without_factors(load, wanted), comparison.scenarios[scenario].conditions)
        .members.push_back({scenario, std::move(*levels)});
  }
  std::erase_if(families, [](const LoadFamily& family) { return !all_vary(family); });
  for (LoadFamily& family : families) put_in_order(family);
  return families;
}

}  // namespace threadmill::results
