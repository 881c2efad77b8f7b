#pragma once
// The lines that a child prints, as they come.

#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include "harness/process/event_loop.h"
#include "os/descriptor.h"

namespace threadmill::harness {

/// The longest line that a child may print: what a load report could ever need.
inline constexpr std::size_t kLongestLine = 64 << 20;

/// Reads a pipe whenever the loop runs. A line of more than `longest` bytes counts as the end.
class LineReader {
 public:
  LineReader(EventLoop& loop, os::Descriptor pipe, std::size_t longest = kLongestLine);
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  bool has_line() const { return !lines_.empty(); }
  /// Nothing more will come (lines already here stay).
  bool at_end() const { return at_end_; }
  /// The end came because a line was too long.
  bool was_too_long() const { return partial_.size() > longest_; }
  /// The next line without its line end, if there is one.
  std::optional<std::string> next();
  /// From now on, what comes is read and forgotten, so that the writer is never held up.
  void discard();

 private:
  void read_available();
  void take_lines(std::size_t new_from);
  void end();

  os::Descriptor pipe_;
  std::size_t longest_;
  std::string partial_;
  std::deque<std::string> lines_;
  bool at_end_ = false;
  bool discarding_ = false;
  EventLoop::Handle watch_;
};

}  // namespace threadmill::harness
