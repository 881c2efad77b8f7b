#pragma once
// What became of the bystanders.

#include <cstdint>

namespace threadmill::load {

/// Of one kind, or of all.
struct BystanderCounts {
  std::uint64_t asked = 0;
  std::uint64_t established = 0;        ///< connected and, where there is a greeting, greeted
  std::uint64_t dropped_by_server = 0;  ///< of those established; a server may have good reason to
  std::uint64_t connect_failures = 0;   ///< never established
  std::uint64_t bytes_read = 0;         ///< greetings aside

  BystanderCounts& operator+=(const BystanderCounts& other) {
    asked += other.asked;
    established += other.established;
    dropped_by_server += other.dropped_by_server;
    connect_failures += other.connect_failures;
    bytes_read += other.bytes_read;
    return *this;
  }
  bool operator==(const BystanderCounts&) const = default;
};

struct BystanderCountsByKind {
  BystanderCounts idle;
  BystanderCounts slow_readers;
  /// dropped_by_server: only before they vanished; afterwards they notice nothing.
  BystanderCounts half_open;
  BystanderCounts crashers;

  BystanderCounts total() const {
    BystanderCounts sum = idle;
    sum += slow_readers;
    sum += half_open;
    return sum += crashers;
  }
  BystanderCountsByKind& operator+=(const BystanderCountsByKind& other) {
    idle += other.idle;
    slow_readers += other.slow_readers;
    half_open += other.half_open;
    crashers += other.crashers;
    return *this;
  }
  bool operator==(const BystanderCountsByKind&) const = default;
};

}  // namespace threadmill::load
