#pragma once
// One trial at one level of load, judged against a service level.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "results/sweep/capacity_search.h"
#include "results/sweep/service_level.h"
#include "results/trial/trial.h"

namespace threadmill::results {

/// Of what was due, so much must be answered in time: else the load was not the one that was asked for.
inline constexpr double kLeastKept = 0.99;

/// What a level has to keep.
struct ProbeTerms {
  ServiceLevel service_level;
  Latency latency = Latency::service;  ///< what the limits are limits of
  bool open = false;                   ///< a rate is due, and has to be kept
  std::uint64_t max_errors = 0;        ///< errors and integrity violations together
};

struct ProbeVerdict {
  /// Nothing when the trial broke off for another reason than the level (the server did not start, the
  /// generator was refused): then no other level will tell more.
  std::optional<ProbeOutcome> outcome;
  std::string reason;  ///< one sentence with the number that decided; empty where it meets
};

/// "meets", "violates" or "cannot say": as tables and files have it.
std::string_view outcome_name(ProbeOutcome outcome);

/// Judges a trial record. `trial` is what derive_trial() made of it; without its limit (server and generator
/// shared their CPUs) a level that was not met cannot be judged. Never throws for an incomplete record.
ProbeVerdict judge_probe(const nlohmann::json& record, const Trial& trial, const ProbeTerms& terms);

}  // namespace threadmill::results
