#pragma once
// What TCP did in a network namespace: how loss shows.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace threadmill::harness {

/// Of all connections that there were.
struct SegmentCounts {
  std::uint64_t sent = 0;   ///< with or without data
  std::uint64_t again = 0;  ///< sent once more, for no acknowledgement came
};

/// Reads the text of /proc/net/snmp. Zeros for what it does not have.
SegmentCounts parse_segment_counts(const std::string& snmp);

/// Those of the namespace up to now.
SegmentCounts count_segments(int network_namespace);

/// As in the result file.
nlohmann::json to_json_of(const SegmentCounts& counts);

}  // namespace threadmill::harness
