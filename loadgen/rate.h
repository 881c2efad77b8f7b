#pragma once
// How many requests a second an open loop asks for, over time.

#include <cstdint>
#include <string>
#include <string_view>

namespace threadmill::load {

/// A rate that stays, or that grows (or falls) evenly from one value to another and stays there.
class Rate {
 public:
  static constexpr double kLowestPerS = 0.01;
  static constexpr double kHighestPerS = 100e6;
  static constexpr double kLongestRampS = 86'400;

  explicit Rate(double per_s = 1) : from_per_s_(per_s), to_per_s_(per_s) {}
  Rate(double from_per_s, double to_per_s, double ramp_s)
      : from_per_s_(from_per_s), to_per_s_(to_per_s), ramp_s_(ramp_s) {}

  /// Reads "4000", "2.5k", "1M", or a ramp such as "10k:50k/30s". Throws std::invalid_argument saying what is
  /// wrong.
  static Rate parse(std::string_view text);
  /// What parse() reads back.
  std::string text() const;

  double from_per_s() const noexcept { return from_per_s_; }
  double to_per_s() const noexcept { return to_per_s_; }

  /// The same without a ramp: the rate that it begins with.
  Rate initial() const { return Rate(from_per_s_); }
  /// Whether it rises or falls.
  bool ramped() const noexcept { return ramp_s_ > 0; }

  /// The time from the start, in ns, by which `count` requests are due on average: the inverse of the
  /// integral of the rate.
  std::int64_t time_of_ns(double count) const noexcept;

  bool operator==(const Rate&) const = default;

 private:
  double from_per_s_ = 1;
  double to_per_s_ = 1;
  double ramp_s_ = 0;
};

}  // namespace threadmill::load
