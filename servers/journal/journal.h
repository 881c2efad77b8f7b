#pragma once
// The file that rooms' messages are kept in, so that they outlive the process.

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "os/descriptor.h"
#include "servers/core/rooms.h"

namespace threadmill::servers {

/// When a message counts as kept.
enum class JournalSync {
  always,  ///< each message is written and forced to the disk (fdatasync) by itself
  turn,    ///< what one turn accepted is written and forced to the disk together
  none,    ///< written, not forced: it outlives the process, even kill -9, but not a power cut
};

/// DIR/rooms.journal, append-only; DIR/lock keeps a second server out. Used by one thread at a time. Throws
/// std::system_error naming the file where the system refuses.
class Journal {
 public:
  /// Opens it, or makes it, folder included. A torn end is cut off: see cut_bytes(). Throws
  /// std::runtime_error, with the remedy, where another server has it, or where it is no journal or was
  /// damaged.
  Journal(const std::filesystem::path& folder, JournalSync sync);

  /// What it held when it was opened, once.
  std::vector<RoomMessage> take_messages() { return std::move(messages_); }
  /// How much of a write that never ended was cut off at opening.
  std::size_t cut_bytes() const { return cut_bytes_; }

  /// Adds a record, which is kept once commit() has returned.
  void append(const RoomMessage& message);
  bool has_pending() const { return !pending_.empty(); }
  /// One write(2) of all that is pending, and fdatasync(2) as the policy says.
  void commit();

  JournalSync sync() const { return sync_; }
  /// What the file holds, and what is pending.
  std::size_t size_bytes() const { return written_bytes_ + pending_.size(); }
  const std::filesystem::path& path() const { return path_; }

  /// Puts these records (append_record()) in the place of all, pending ones included: a new file takes the
  /// place of the old one, which stays whole until then.
  void replace_with(std::string_view records);

 private:
  void lock(const std::filesystem::path& folder);
  void open();

  std::filesystem::path folder_;
  std::filesystem::path path_;
  JournalSync sync_;
  os::Descriptor lock_;
  os::Descriptor file_;
  std::size_t written_bytes_ = 0;
  std::size_t cut_bytes_ = 0;
  std::string pending_;
  std::vector<RoomMessage> messages_;
};

}  // namespace threadmill::servers
