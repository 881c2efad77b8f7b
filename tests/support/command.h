#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace threadmill {

/// What a finished command left.
struct Finished {
  int exit_code = -1;  ///< 128 + signal where one killed it
  std::string out;
  std::string err;
};

/// A command whose output goes to files, so that it is never held up.
class Command {
 public:
  explicit Command(const std::vector<std::string>& argv);
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  pid_t pid() const { return pid_; }
  std::string out() const;
  std::string err() const;
  Finished wait();

 private:
  TemporaryFolder folder_;
  pid_t pid_ = -1;
};

/// Runs threadmill with `arguments` to its end.
Finished threadmill_cli(std::vector<std::string> arguments);

/// The same with words as a shell reads them.
Finished threadmill_shell(const std::string& words);

/// A program of this build.
std::string built(const std::string& program);

}  // namespace threadmill
