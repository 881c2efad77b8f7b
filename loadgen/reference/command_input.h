#pragma once
// Commands on standard input, without ever waiting for them.

#include <optional>
#include <string>

namespace threadmill::load::reference {

/// Lines of a descriptor that poll(2) can watch. What is always readable (/dev/null, a file) has an end at
/// once.
class CommandInput {
 public:
  explicit CommandInput(int fd);

  /// Takes what has come. Costs a system call.
  void look();
  /// The next line without its end, if a whole one is there.
  std::optional<std::string> next_line();
  /// The other end closed it. Lines may still be there.
  bool at_end() const { return at_end_; }

 private:
  int fd_;
  std::string waiting_;
  bool usable_;
  bool at_end_ = false;
};

}  // namespace threadmill::load::reference
