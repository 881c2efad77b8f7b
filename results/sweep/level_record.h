#pragma once
// Reading the scenario records that are levels of a sweep.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "results/sweep/sweep.h"

namespace threadmill::results {

/// A level's scenario record: which sweep it belongs to, and which level it is.
struct LevelRecord {
  Sweep sweep;  ///< its terms; no row
  Level level = 0;
  std::string scenario;
};

/// Throws std::invalid_argument saying what is wrong.
LevelRecord read_level(const nlohmann::json& record);

}  // namespace threadmill::results
