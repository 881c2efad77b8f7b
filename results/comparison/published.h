#pragma once
// A source's published figures, and ours beside them. Pure functions.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/comparison/row.h"

namespace threadmill::results {

struct PublishedFigure {
  std::string subject;
  std::string metric;
  double value = 0;
  bool approximate = false;
};

struct Published {
  std::string source;
  std::string machine;
  std::vector<PublishedFigure> figures;
};

/// Of a scenario's record; nothing where it has none.
std::optional<Published> published_of(const nlohmann::json& scenario);

/// The value of a published figure's metric that this project measures ("requests_per_s", "messages_per_s",
/// "seconds_per_1000_messages", "cpu_percent", "cpu_percent_max", "memory_mib_max"), in the unit of the
/// published figure, or nothing. A message counts as it reaches its subscribers, so all rates are the same.
std::optional<Spread> ours_beside(const Row& row, std::string_view published_metric);

/// What a load generator that was the limit hid of ours_beside().
Hidden hidden_of_ours(const Row& row, std::string_view published_metric);

}  // namespace threadmill::results
