#pragma once
// The bytes of a journal: a header, and a record for each message. Sans-I/O, so that a fuzzer can read it
// too.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "servers/core/rooms.h"

namespace threadmill::servers::journal {

/// What every journal begins with; the digit is the version of the format.
inline constexpr std::string_view kHeader = "TMROOMS1";

/// Appends one record: length of the payload (4 bytes), XXH3 of the payload (8), payload: number (8), lengths
/// of room and name (2 each), room, name, text. Integers are little-endian. Throws std::length_error where
/// the message is longer than a record may be.
void append_record(std::string& out, const RoomMessage& message);

/// What a file holds.
struct Contents {
  enum class Status {
    whole,    ///< nothing else
    torn,     ///< behind `whole_bytes` stands a part of a write that never ended; cut it off
    damaged,  ///< the record at `whole_bytes` is wrong, and whole records stand behind it
    foreign,  ///< it is no journal of this version
  };
  Status status = Status::whole;
  std::size_t whole_bytes = 0;  ///< header and whole records from the beginning
  std::vector<RoomMessage> messages;
};

/// Reads any bytes: lengths are bounded, and nothing is taken whose sum is wrong.
Contents read_contents(std::string_view file);

}  // namespace threadmill::servers::journal
