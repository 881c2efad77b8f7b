#pragma once
// What is typed, line by line.

#include <functional>
#include <string>
#include <string_view>

namespace threadmill::harness {

/// Lines of a terminal, a pipe or a file. Used by one thread.
class TypedLines {
 public:
  /// Does not own `input`.
  explicit TypedLines(int input) : input_(input) {}

  /// Reads once what there is, and hands on each line that is whole, at the end of all the last one. Whether
  /// more may come. Throws std::runtime_error where a line is longer than 64 KiB.
  bool read(const std::function<void(std::string_view)>& on_line);

 private:
  int input_;
  std::string typed_;  // a line that is not whole yet
};

}  // namespace threadmill::harness
