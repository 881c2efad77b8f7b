#pragma once
// How a trial fails.

#include <stdexcept>
#include <string>

namespace threadmill::harness {

/// What failed in a trial, and where. The message is for people.
class TrialFailure : public std::runtime_error {
 public:
  TrialFailure(std::string stage, const std::string& reason)
      : std::runtime_error(reason), stage_(std::move(stage)) {}
  const std::string& stage() const { return stage_; }  ///< "start", "verify", "load" or "stop"

 private:
  std::string stage_;
};

}  // namespace threadmill::harness
