#pragma once
// How a server reads the log: every entry once and in order, though they arrive as they like.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "servers/cluster/replicated_log.h"

namespace threadmill::servers {

struct ReaderBounds {
  std::size_t ahead_bytes = 16 << 20;  ///< of entries that are kept while an earlier one is missing
  /// The log is asked when nothing came for so long: the latest entry may be what is missing.
  std::chrono::milliseconds look_after{200};
  std::chrono::milliseconds ask_again_after{500};  ///< when there is no answer
};

/// Used by one thread; time is told by os::monotonic_ns().
class LogReader {
 public:
  /// Gets the next entry. Calls nothing of the reader.
  using OnEntry = std::function<void(std::uint64_t sequence, std::string_view bytes)>;

  /// `after`: the latest entry that is not to be read.
  LogReader(ReplicatedLog& log, std::uint64_t after, OnEntry on_entry, const ReaderBounds& bounds = {})
      : log_(log), on_entry_(std::move(on_entry)), bounds_(bounds), next_(after + 1) {}

  /// News of any kind but those of appending.
  void take(LogNews news, std::int64_t now_ns);
  /// To be called now and then.
  void look(std::int64_t now_ns);

  std::uint64_t next() const { return next_; }
  std::uint64_t fetched() const { return fetched_; }
  /// Entries that the log no longer had when they were asked for.
  std::uint64_t lost() const { return lost_; }

 private:
  void take_entry(LogNews news, std::int64_t now_ns);
  void pass_on(std::string_view bytes);
  void keep_ahead(std::uint64_t sequence, std::string bytes);
  /// Asks for the next entry, unless that is under way.
  void ask(std::int64_t now_ns);

  ReplicatedLog& log_;
  const OnEntry on_entry_;
  const ReaderBounds bounds_;
  std::uint64_t next_;
  std::map<std::uint64_t, std::string> ahead_;
  std::size_t ahead_bytes_ = 0;
  std::uint64_t asked_ = 0;  ///< what was asked for and not answered; 0: nothing
  std::int64_t asked_ns_ = 0;
  std::int64_t heard_ns_ = 0;  ///< when something came
  std::uint64_t fetched_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace threadmill::servers
