#pragma once
// What happened in each second of the window: how many answers, how late they were, how many errors.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "loadgen/histogram.h"

namespace threadmill::load {

/// One second of a series.
struct Interval {
  std::uint64_t completed = 0;
  std::uint64_t errors = 0;
  std::string packed;  ///< Histogram::pack() of the latencies; empty when nothing was completed

  /// In ns; min() and max() have the precision of its buckets.
  Histogram latency() const;
  bool operator==(const Interval&) const = default;
};

/// Completions by second of a window, each with the histogram of its latencies. Second i is
/// [start + i s, start + (i + 1) s). Times are CLOCK_MONOTONIC ns and are given, not read. Not thread-safe:
/// one per thread, merged at the end.
class TimeSeries {
 public:
  static constexpr std::int64_t kIntervalNs = 1'000'000'000;

  /// `start_ns`: where second 0 begins.
  explicit TimeSeries(std::int64_t start_ns = 0)
      : start_ns_(start_ns), current_end_ns_(start_ns + kIntervalNs) {}

  /// Counts one completion at `now_ns`. Costs a comparison more than Histogram::record(); once a second, the
  /// second that is over is packed, which takes some ten microseconds and no new histogram. A time before the
  /// second under way, even before the window, counts in the second under way: what is over stays as it is.
  void record(std::int64_t now_ns, std::int64_t latency_ns) {
    if (now_ns >= current_end_ns_) [[unlikely]]
      advance(now_ns);
    current_.record(latency_ns);
  }

  /// Counts one error at `now_ns`, by the same rule.
  void record_error(std::int64_t now_ns) {
    if (now_ns >= current_end_ns_) [[unlikely]]
      advance(now_ns);
    ++current_errors_;
  }

  /// The window ends at `end_ns`: seconds up to it that had nothing are in the series too, with zeros. To be
  /// called before intervals(), merge() and to_json(); recording may go on afterwards.
  void finish(std::int64_t end_ns);

  /// Adds the seconds of `other`, each to the one that it overlaps most; the earlier start becomes the start
  /// of both. Both are finished. Threads of one window start at the same time and merge without loss.
  void merge(const TimeSeries& other);

  /// As told by a clock that is so much ahead of that by which it was recorded. Of a finished series.
  void move(std::int64_t by_ns) noexcept {
    start_ns_ += by_ns;
    current_end_ns_ += by_ns;
  }

  std::int64_t start_ns() const noexcept { return start_ns_; }

  /// From second 0 on, without gaps. Valid until the next call that changes the series.
  std::span<const Interval> intervals() const noexcept { return intervals_; }

  /// Of finished series.
  bool operator==(const TimeSeries& other) const {
    return start_ns_ == other.start_ns_ && intervals_ == other.intervals_;
  }

 private:
  friend TimeSeries time_series_from_json(const nlohmann::json& json, std::int64_t start_ns);

  void advance(std::int64_t now_ns);
  void pack_current();
  void go_to_last();

  std::int64_t start_ns_;
  std::int64_t current_end_ns_;
  std::vector<Interval> intervals_;  // of the seconds before the current one, and of it once it was finished
  Histogram current_;
  std::uint64_t current_errors_ = 0;
};

/// [{"second": 0, "completed": .., "errors": .., "p50_ns": .., "p99_ns": .., "hdr_v2": ".."}, ...]:
/// percentiles and histogram are null in a second without completions.
nlohmann::json to_json(const TimeSeries& series);

/// Reads what to_json wrote of a window that began at `start_ns`; the percentiles are for readers and are not
/// looked at. Throws ReportError naming the second and the key.
TimeSeries time_series_from_json(const nlohmann::json& json, std::int64_t start_ns);

}  // namespace threadmill::load
