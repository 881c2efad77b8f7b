#pragma once
// Which messages have been read, so that one that is delivered again is not read again.

#include <sys/types.h>

#include <cstddef>
#include <deque>
#include <filesystem>
#include <string>
#include <unordered_set>
#include <vector>

#include "groupchat/message.h"
#include "os/descriptor.h"

namespace threadmill::groupchat {

struct HistoryLimits {
  /// Ids that are remembered, the latest ones. What comes again must not be further back than that: a reader
  /// who crashes is given what it had not acknowledged (MailboxLimits::prefetch), a sender sends what was not
  /// confirmed (PostLimits::window), and each may be mixed with what others sent.
  std::size_t ids = 65'536;
  /// Messages that are read from the end of a file for people to see.
  std::size_t latest = 10;
};

/// In memory, or also in a file, a message a line, which then outlives even kill -9 (not a power cut): what
/// is in it has been read. Used by one thread.
class History {
 public:
  explicit History(HistoryLimits limits = {}) : limits_(limits) {}
  /// Opens the file, or makes it; a line that a crash cut off is cut off. Throws std::system_error naming it,
  /// and std::runtime_error where another process has it or it is no history.
  explicit History(const std::filesystem::path& file, HistoryLimits limits = {});

  bool has(const std::string& id) const { return ids_.contains(id); }
  /// Throws std::system_error, naming the file, where it is full; the message does not count as read then.
  void keep(const Message& message);
  /// What the file held last when it was opened, oldest first.
  const std::vector<Message>& latest() const { return latest_; }

 private:
  void load(const std::filesystem::path& file);
  void remember(const std::string& id);
  [[noreturn]] void fail_to_keep(ssize_t written);

  HistoryLimits limits_;
  std::unordered_set<std::string> ids_;
  std::deque<std::string> order_;  // of ids_, oldest first
  std::vector<Message> latest_;
  std::filesystem::path path_;
  os::Descriptor file_;
  off_t size_bytes_ = 0;
};

}  // namespace threadmill::groupchat
