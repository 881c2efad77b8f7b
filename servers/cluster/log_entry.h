#pragma once
// What one entry of the log that servers share holds: deeds that one server put together.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "servers/core/topic_deed.h"

namespace threadmill::servers {

struct LogEntry {
  std::uint64_t writer = 0;  ///< the server process that appended it
  std::uint64_t number =
      0;  ///< of that writer's entries, ascending: an entry that is stored again has the same
  std::vector<TopicDeed> deeds;
  bool operator==(const LogEntry&) const = default;
};

/// No entry has more deeds, so that a sequence of the log and a deed's place make a number.
inline constexpr std::size_t kMostDeedsInEntry = 0xffff;

/// How many bytes a deed adds to an entry.
std::size_t encoded_bytes(const TopicDeed& deed);

/// What an entry takes beside its deeds.
inline constexpr std::size_t kEntryFrontBytes = 20;

/// An entry without deeds yet, with room for `bytes`.
std::string begin_entry(std::uint64_t writer, std::uint64_t number, std::size_t bytes);
/// Adds a deed to what begin_entry() gave; kMostDeedsInEntry at most.
void append_deed(std::string& entry, const TopicDeed& deed);

/// Nothing where the bytes are no entry of this version: others may append to the log, too.
std::optional<LogEntry> decode_entry(std::string_view bytes);

}  // namespace threadmill::servers
