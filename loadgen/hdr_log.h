#pragma once
// Time series as an HdrHistogram log, for HistogramLogAnalyzer, hdr-plot and whatever else reads such logs.

#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>

#include "loadgen/time_series.h"

namespace threadmill::load {

/// When the logged window was.
struct HdrLogWindow {
  std::int64_t start_epoch_ns = 0;  ///< CLOCK_REALTIME of the start of second 0
  std::int64_t length_ns = 0;       ///< the last second of the window may be a part of one
};

/// One kind of latency, told from the others by its tag.
struct HdrLogKind {
  std::string tag;           ///< "response", "service": no comma, white space or control character
  const TimeSeries& series;  ///< finished
};

/// Writes the kinds' seconds in the order of time, one line each, empty ones too. Timestamps and lengths are
/// in seconds, timestamps counted from the start; Interval_Max is in ms; the values of the histograms are ns.
/// Format 1.3 as HistogramLogWriter of HdrHistogram 2.2 writes it
/// (https://hdrhistogram.github.io/HdrHistogram). Throws std::invalid_argument for a tag that the format
/// cannot hold; errors of `out` are left to its state.
void write_hdr_log(std::ostream& out, const HdrLogWindow& window, std::span<const HdrLogKind> kinds);

}  // namespace threadmill::load
