#pragma once
// Latencies: an HDR histogram of 3 significant digits from 1 ns to 60 s.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace threadmill::load {

/// Counts of nanoseconds, in buckets whose width is at most 1/1000 of their value. Two histograms merge
/// without loss. Not thread-safe: one per thread, merged at the end.
///
/// Buckets are laid out as in HdrHistogram (http://hdrhistogram.org), so that its V2 encoding and every tool
/// that reads it work: values below 2048 have a bucket each; above, each doubling of the value is cut into
/// 1024 parts.
class Histogram {
 public:
  static constexpr std::int64_t kHighest = 60'000'000'000;
  static constexpr int kSignificantDigits = 3;

  Histogram() : counts_(kBuckets) {}

  /// Counts one value. Values outside 0 .. 60 s count as the nearest of these.
  void record(std::int64_t value, std::uint64_t times = 1) noexcept {
    value = std::clamp<std::int64_t>(value, 0, kHighest);
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
    counts_[index_of(static_cast<std::uint64_t>(value))] += times;
  }

  std::uint64_t count() const noexcept;
  /// 0 when nothing was recorded.
  std::int64_t min() const noexcept { return max_ < 0 ? 0 : min_; }
  std::int64_t max() const noexcept { return std::max<std::int64_t>(max_, 0); }
  /// From the middles of the buckets.
  double mean() const noexcept;

  /// The highest value (within the precision) that `percentile` (0 .. 100) percent of all values do not
  /// exceed, and never more than max(). 0 when nothing was recorded.
  std::int64_t value_at_percentile(double percentile) const noexcept;

  /// Adds all counts of `other`.
  void merge(const Histogram& other) noexcept;

  /// Forgets everything; keeps the memory.
  void reset() noexcept;

  /// HdrHistogram V2 compressed encoding in base64 ("HISTFAAAA...").
  std::string encode() const;

  /// Reads what encode() wrote. min() and max() come back with the precision of the buckets; restore_range()
  /// makes them exact. Throws std::invalid_argument saying what is wrong.
  static Histogram decode(std::string_view base64);

  /// The counts alone, in few bytes and quickly (microseconds): those of encode() before it compresses them.
  std::string pack() const;

  /// Adds the counts that pack() wrote; min() and max() as with decode(). Throws std::invalid_argument saying
  /// what is wrong; the histogram is then undefined until reset().
  void merge_packed(std::string_view packed);

  /// Sets the exact min() and max() that were known when it was encoded. Throws std::invalid_argument where
  /// they contradict the counts.
  void restore_range(std::int64_t min, std::int64_t max);

  bool operator==(const Histogram&) const = default;

 private:
  static constexpr int kHalfBits = 10;  // 1024 buckets per doubling: 3 digits
  static constexpr std::uint64_t kUnitBuckets = 2U << kHalfBits;
  static constexpr int kDoublings = 26;  // 2048 ns << 25 is the first that exceeds 60 s
  static constexpr std::size_t kBuckets = std::size_t{kDoublings + 1} << kHalfBits;

  static std::size_t index_of(std::uint64_t value) noexcept {
    const int doubling = static_cast<int>(std::bit_width(value | (kUnitBuckets - 1))) - (kHalfBits + 1);
    return (static_cast<std::size_t>(doubling) << kHalfBits) + static_cast<std::size_t>(value >> doubling);
  }
  static std::int64_t lowest_in(std::size_t index) noexcept;
  static std::int64_t highest_in(std::size_t index) noexcept;
  /// The first index of the buckets that may hold something, and the one behind the last.
  std::pair<std::size_t, std::size_t> used() const noexcept;

  std::vector<std::uint64_t> counts_;
  std::int64_t min_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t max_ = -1;
};

}  // namespace threadmill::load
