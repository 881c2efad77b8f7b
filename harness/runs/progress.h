#pragma once
// What a person sees while a run goes on.

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "harness/trial/schedule.h"

namespace threadmill::harness {

/// How many trials there will be depends on what they find.
inline constexpr std::size_t kUnknownTrials = 0;

/// On a terminal one line that changes in place; otherwise a plain line for each trial. Failures and notices
/// always stay.
class Progress {
 public:
  /// Writes to `out`, which it does not own. `trials` is how many there will be, or kUnknownTrials.
  Progress(std::FILE* out, bool is_terminal, std::size_t trials);

  void trial_starts(const Slot& slot);
  void trial_ends(const Slot& slot, const nlohmann::json& record);
  /// A line that stays.
  void notice(const std::string& text);
  /// Clears the changing line.
  void finish();

 private:
  void show(const std::string& line);
  std::string count(std::size_t trial) const;
  std::string time_left() const;

  std::FILE* out_;
  bool is_terminal_;
  std::size_t trials_;
  std::size_t ended_ = 0;
  std::string last_figure_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// "123456 requests/s" or "123456 deliveries/s" of a trial's load report: a glimpse for the progress line. ""
/// if none.
std::string glimpse(const nlohmann::json& record);

}  // namespace threadmill::harness
