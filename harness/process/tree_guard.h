#pragma once
// Sees that a server does not fork without end.

#include <cstddef>
#include <cstdint>
#include <string>

namespace threadmill::harness {

/// The most processes that a server may have for so many connections: 4 for each (a process per connection, a
/// helper, and one that is just ending, need 3) and 256 besides (the largest pools that servers start with by
/// default). What is above that is no model of concurrency but a mistake, and would take the machine with it.
std::size_t most_processes(std::size_t connections);

/// Counts the descendants of this process and kills them all when they are too many. For one thread.
class TreeGuard {
 public:
  explicit TreeGuard(std::size_t connections);

  /// To be called every few milliseconds. Costs one small file, and counts only after so many forks on this
  /// machine that there could be too many.
  void look();

  /// Everything has been killed.
  bool has_struck() const { return found_ > 0; }
  /// "the server forks wildly: 412 processes, of ... at the most"; once it has struck.
  std::string describe() const;

 private:
  std::size_t connections_;
  std::size_t most_;
  std::int64_t newest_pid_;
  std::size_t counted_;    // the last time, and
  std::size_t forks_ = 0;  // so many since then, or fewer
  std::size_t found_ = 0;
};

}  // namespace threadmill::harness
