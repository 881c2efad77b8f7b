#pragma once
// A steady rate of bytes as whole numbers.

#include <cstdint>

namespace threadmill::load {

/// How many bytes a rate has made due by `elapsed_ns` since it began, rounded down.
constexpr std::uint64_t bytes_due(std::uint32_t bytes_per_s, std::int64_t elapsed_ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto seconds = static_cast<std::uint64_t>(elapsed_ns / kSecond);
  const auto rest_ns = static_cast<std::uint64_t>(elapsed_ns % kSecond);
  return bytes_per_s * seconds + bytes_per_s * rest_ns / kSecond;
}

/// Deals a rate out: what becomes due between two calls, without ever losing a fraction.
class Pace {
 public:
  Pace(std::uint32_t bytes_per_s, std::int64_t start_ns) : bytes_per_s_(bytes_per_s), start_ns_(start_ns) {}

  /// `now_ns` never goes back.
  std::uint64_t take(std::int64_t now_ns) {
    const std::uint64_t due = bytes_due(bytes_per_s_, now_ns - start_ns_);
    const std::uint64_t fresh = due - taken_;
    taken_ = due;
    return fresh;
  }

 private:
  std::uint32_t bytes_per_s_;
  std::int64_t start_ns_;
  std::uint64_t taken_ = 0;
};

}  // namespace threadmill::load
