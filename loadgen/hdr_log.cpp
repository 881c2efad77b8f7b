#include "loadgen/hdr_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <ostream>
#include <stdexcept>
#include <string_view>

namespace threadmill::load {
namespace {

constexpr double kNsPerSecond = 1e9;
constexpr double kMaxUnitRatio = 1e6;  // Interval_Max is in ms, as everybody writes it

void check_tag(std::string_view tag) {
  const auto fits = [](char c) { return c > ' ' && c <= '~' && c != ','; };
  if (tag.empty() || !std::all_of(tag.begin(), tag.end(), fits)) {
    throw std::invalid_argument(
        fmt::format("HDR log: the tag '{}' must be of printable characters without comma and space", tag));
  }
}

void write_head(std::ostream& out, std::int64_t start_epoch_ns) {
  const double start_s = static_cast<double>(start_epoch_ns) / kNsPerSecond;
  const std::time_t whole_s = start_epoch_ns / TimeSeries::kIntervalNs;
  out << "#[Logged by threadmill-load: latencies in ns]\n"
      << "#[Histogram log format version 1.3]\n"
      << fmt::format("#[BaseTime: {:.3f} (seconds since epoch)]\n", start_s)
      << fmt::format("#[StartTime: {:.3f} (seconds since epoch), {:%a %b %d %H:%M:%S} UTC {:%Y}]\n", start_s,
                     fmt::gmtime(whole_s), fmt::gmtime(whole_s))
      << "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";
}

/// What of the second `index` belongs to the window; a second behind its end counts as whole.
double length_s(std::size_t index, std::int64_t window_ns) {
  const std::int64_t left_ns = window_ns - static_cast<std::int64_t>(index) * TimeSeries::kIntervalNs;
  if (left_ns <= 0 || left_ns > TimeSeries::kIntervalNs) return 1;
  return static_cast<double>(left_ns) / kNsPerSecond;
}

}  // namespace

void write_hdr_log(std::ostream& out, const HdrLogWindow& window, std::span<const HdrLogKind> kinds) {
  std::size_t seconds = 0;
  for (const auto& kind : kinds) {
    check_tag(kind.tag);
    seconds = std::max(seconds, kind.series.intervals().size());
  }
  write_head(out, window.start_epoch_ns);
  for (std::size_t i = 0; i < seconds; ++i) {
    for (const auto& kind : kinds) {
      const auto intervals = kind.series.intervals();
      if (i >= intervals.size()) continue;
      const Histogram latency = intervals[i].latency();
      out << fmt::format("Tag={},{:.3f},{:.3f},{:.3f},{}\n", kind.tag, static_cast<double>(i),
                         length_s(i, window.length_ns), static_cast<double>(latency.max()) / kMaxUnitRatio,
                         latency.encode());
    }
  }
}

}  // namespace threadmill::load
