#pragma once
// How a command ends other than well.

#include <stdexcept>

namespace threadmill::harness {

/// The user's input is wrong: an unknown name, key or folder. One line that names the thing and the remedy;
/// exit code 2.
class InputError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// SIGINT, SIGTERM or SIGHUP has come. Thrown out of EventLoop::wait_until; what it passes on its way ends
/// what it owns.
class Interrupted : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What the exit codes mean; the same for every verb.
enum ExitCode {
  kDone = 0,
  kFailed = 1,
  kBadInput = 2,
  kRegression = 3,
  kInconclusive = 4,
  kInterrupted = 130,
};

}  // namespace threadmill::harness
