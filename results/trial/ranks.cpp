#include "results/trial/ranks.h"

#include <fmt/format.h>

#include "results/file/json_access.h"

namespace threadmill::results {

std::string Rank::name() const { return fmt::format("rank {} on {}", number, host); }

std::vector<Rank> ranks_of(const nlohmann::json& trial_record) {
  std::vector<Rank> ranks;
  const auto* list = find_at(trial_record, "/load/ranks");
  if (list == nullptr || !list->is_array()) return ranks;
  for (const auto& entry : *list) {
    const auto* report = find_at(entry, "/report");
    if (report == nullptr) continue;
    ranks.push_back({ranks.size(), text_at(entry, "/host"), report,
                     number_at(entry, "/clock/error_ns").value_or(0),
                     number_at(entry, "/start_late_ns").value_or(0)});
  }
  return ranks;
}

}  // namespace threadmill::results
