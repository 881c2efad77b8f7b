#pragma once
// What the integrity counters of a run say about the delivery contracts that a server may promise.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "loadgen/counters.h"

namespace threadmill::load {

/// Whether one contract was kept, as far as the run shows: a run can only refute a promise.
struct ContractVerdict {
  bool kept = true;
  std::uint64_t violations = 0;  ///< messages that broke it
  std::string reason;            ///< what broke it by kind and number, or that nothing did
  bool operator==(const ContractVerdict&) const = default;
};

/// The properties are those of C. Cachin, R. Guerraoui, L. Rodrigues, Introduction to Reliable and Secure
/// Distributed Programming, 2.4 and 3.9.
struct Contracts {
  /// No message arrives twice, and none that nobody sent there: neither repeated, nor corrupt, nor
  /// misdelivered.
  ContractVerdict at_most_once;
  /// Every message arrives: none lost. One that arrived damaged or elsewhere did not get lost; it breaks
  /// at_most_once.
  ContractVerdict at_least_once;
  /// Both of the above.
  ContractVerdict exactly_once;
  /// None arrives after a later one of the same sender: none reordered.
  ContractVerdict ordered_per_publisher;
  bool operator==(const Contracts&) const = default;
};

/// `arrived`: messages that arrived as they should have; of requests and answers, the answers. Nothing where
/// neither that nor any counter shows a message: there is nothing to judge.
std::optional<Contracts> integrity_verdict(const Integrity& integrity, std::uint64_t arrived);

/// {"at_most_once": {"verdict": "kept" | "broken", "violations": n, "reason": ".."}, ..}
nlohmann::json to_json(const Contracts& contracts);

}  // namespace threadmill::load
