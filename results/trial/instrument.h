#pragma once
// What trials tell of the load generator that measured them: the instrument, not the server. Pure functions.

#include <array>
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "loadgen/contracts.h"
#include "results/statistics/statistics.h"

namespace threadmill::results {

/// How a warm-up that may end when the rate is steady did end.
struct WarmupEnd {
  bool steady = false;  ///< else at its cap
  double took_s = 0;
};

/// Of one trial's record; nothing where the plan did not ask for it.
std::optional<WarmupEnd> warmup_end(const nlohmann::json& record);

/// Judged from the integrity counters of the record; nothing where no message arrived and no counter shows
/// one.
std::optional<load::Contracts> contracts_of(const nlohmann::json& record);

/// The warm-ups of a row.
struct Warmups {
  std::size_t trials = 0;        ///< that have one which may end when it is steady
  std::size_t steady = 0;        ///< of those: it did
  std::optional<Spread> took_s;  ///< of all of them
};

Warmups sum_up(const std::vector<WarmupEnd>& ends);

inline constexpr std::size_t contract_count = 4;

/// The delivery contracts of a row: a run can only refute a promise.
struct ContractCounts {
  std::size_t judged = 0;                            ///< trials
  std::array<std::size_t, contract_count> broken{};  ///< of those, in the order of contract_names()

  void add(const load::Contracts& contracts);
};

/// As people are shown them: "at most once", ...
const std::array<std::string_view, contract_count>& contract_names();

}  // namespace threadmill::results
