#pragma once
// What kind of experiment a load plan makes, and so which figure and which latency it is about.

#include <nlohmann/json_fwd.hpp>

#include "results/trial/metrics.h"

namespace threadmill::results {

struct LoadKind {
  bool pubsub = false;
  bool open = false;                            ///< requests arrive at a rate, whatever the answers do
  bool paced = false;                           ///< open, or with time to think
  Metric main_metric = Metric::requests_per_s;  ///< deliveries_per_s for pubsub
  Latency main_latency = Latency::service;      ///< what a user of the server would feel
};

/// Of a scenario's "load".
LoadKind kind_of_load(const nlohmann::json& load);

}  // namespace threadmill::results
