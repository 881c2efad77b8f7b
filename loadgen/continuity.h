#pragma once
// What became of single messages, and of the service, while a server was away and came back.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>

#include "loadgen/counters.h"

namespace threadmill::load {

/// Of the whole run, unless said otherwise. A message that is not answered for is published again, by the
/// same publisher, until it is; a subscriber whose connection was lost subscribes anew, and asks for what it
/// missed where the protocol has words for that.
struct Continuity {
  std::uint64_t published = 0;              ///< messages
  std::uint64_t confirmed = 0;              ///< of these, those that the server answered for
  std::uint64_t attempts = 0;               ///< publications, the first of each message included
  std::uint64_t refused = 0;                ///< attempts that were answered with an error
  std::uint64_t lost = 0;                   ///< receptions that never came, of messages that were confirmed
  std::uint64_t repeated = 0;               ///< receptions of what that subscriber had already
  std::uint64_t reordered = 0;              ///< receptions after a later message of the same publisher
  std::uint64_t caught_up = 0;              ///< receptions, after a return, of what was published before it
  std::int64_t first_refusal_ns = 0;        ///< in the window; CLOCK_MONOTONIC; 0: none
  std::int64_t longest_unconfirmed_ns = 0;  ///< in the window: from one confirmation to the next
  std::int64_t longest_silence_ns = 0;      ///< in the window: in which a subscriber received nothing
  std::int64_t catching_up_ns = 0;  ///< from a return to the last reception counted in caught_up; the longest

  bool operator==(const Continuity&) const = default;
};

/// What it means for the contracts: lost, repeated, reordered.
Integrity integrity_of(const Continuity& continuity);

nlohmann::json to_json(const Continuity& continuity);
/// Throws ReportError.
Continuity continuity_from_json(const nlohmann::json& json);

}  // namespace threadmill::load
