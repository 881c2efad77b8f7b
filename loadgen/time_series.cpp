#include "loadgen/time_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "loadgen/json_fits.h"
#include "loadgen/report.h"

namespace threadmill::load {
namespace {

using nlohmann::json;

void add(Interval& to, const Interval& from) {
  to.completed += from.completed;
  to.errors += from.errors;
  if (from.packed.empty()) return;
  if (to.packed.empty()) {
    to.packed = from.packed;
    return;
  }
  Histogram both = to.latency();
  both.merge_packed(from.packed);
  to.packed = both.pack();
}

[[noreturn]] void fail(std::size_t second, const std::string& what) {
  throw ReportError(fmt::format("load report: second {} of \"series\": {}", second, what));
}

std::uint64_t whole_number(const json& object, std::size_t second, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !json_fits<std::uint64_t>(*found)) {
    fail(second, fmt::format("\"{}\" must be a whole number from 0 up", key));
  }
  return found->get<std::uint64_t>();
}

std::string packed_from_json(const json& object, std::size_t second, std::uint64_t completed) {
  const auto found = object.find("hdr_v2");
  const bool present = found != object.end() && !found->is_null();
  if (present != (completed > 0)) fail(second, "\"hdr_v2\" contradicts \"completed\"");
  if (!present) return {};
  if (!found->is_string()) fail(second, "\"hdr_v2\" must be a text, or null");
  try {
    const Histogram latency = Histogram::decode(found->get_ref<const std::string&>());
    if (latency.count() != completed) fail(second, "\"hdr_v2\" contradicts \"completed\"");
    return latency.pack();
  } catch (const std::invalid_argument& error) {
    fail(second, fmt::format("\"hdr_v2\": {}", error.what()));
  }
}

Interval interval_from_json(const json& object, std::size_t second) {
  if (!object.is_object()) fail(second, "must be an object");
  if (whole_number(object, second, "second") != second) {
    fail(second, "\"second\" must count up from 0 without gaps");
  }
  Interval interval;
  interval.completed = whole_number(object, second, "completed");
  interval.errors = whole_number(object, second, "errors");
  interval.packed = packed_from_json(object, second, interval.completed);
  return interval;
}

}  // namespace

Histogram Interval::latency() const {
  Histogram histogram;
  histogram.merge_packed(packed);
  return histogram;
}

void TimeSeries::pack_current() {
  const std::uint64_t completed = current_.count();
  if (completed == 0 && current_errors_ == 0) return;
  const auto seconds = static_cast<std::size_t>((current_end_ns_ - start_ns_) / kIntervalNs);
  if (intervals_.size() < seconds) intervals_.resize(seconds);
  add(intervals_[seconds - 1], {completed, current_errors_, current_.pack()});
  current_.reset();
  current_errors_ = 0;
}

void TimeSeries::advance(std::int64_t now_ns) {
  pack_current();
  current_end_ns_ += ((now_ns - current_end_ns_) / kIntervalNs + 1) * kIntervalNs;
}

void TimeSeries::finish(std::int64_t end_ns) {
  pack_current();
  if (end_ns <= start_ns_) return;
  // A second begins with its first ns: a window that ends with one has nothing of the next.
  const auto seconds = static_cast<std::size_t>((end_ns - start_ns_ - 1) / kIntervalNs + 1);
  if (intervals_.size() < seconds) intervals_.resize(seconds);
  go_to_last();
}

void TimeSeries::go_to_last() {
  const auto seconds = static_cast<std::int64_t>(std::max<std::size_t>(intervals_.size(), 1));
  current_end_ns_ = std::max(current_end_ns_, start_ns_ + seconds * kIntervalNs);
}

void TimeSeries::merge(const TimeSeries& other) {
  const std::int64_t distance = other.start_ns_ - start_ns_;
  const std::int64_t half = distance < 0 ? -kIntervalNs / 2 : kIntervalNs / 2;
  const std::int64_t shift = (distance + half) / kIntervalNs;  // in seconds, to the nearest
  if (shift < 0) {
    intervals_.insert(intervals_.begin(), static_cast<std::size_t>(-shift), Interval{});
  }
  start_ns_ = std::min(start_ns_, other.start_ns_);
  const auto first = static_cast<std::size_t>(std::max<std::int64_t>(shift, 0));
  intervals_.resize(std::max(intervals_.size(), first + other.intervals_.size()));
  for (std::size_t i = 0; i < other.intervals_.size(); ++i) add(intervals_[first + i], other.intervals_[i]);
  go_to_last();
}

json to_json(const TimeSeries& series) {
  json list = json::array();
  for (const Interval& interval : series.intervals()) {
    json object = {{"second", list.size()},     {"completed", interval.completed},
                   {"errors", interval.errors}, {"p50_ns", nullptr},
                   {"p99_ns", nullptr},         {"hdr_v2", nullptr}};
    if (!interval.packed.empty()) {
      const Histogram latency = interval.latency();
      object["p50_ns"] = latency.value_at_percentile(50);
      object["p99_ns"] = latency.value_at_percentile(99);
      object["hdr_v2"] = latency.encode();
    }
    list.push_back(std::move(object));
  }
  return list;
}

TimeSeries time_series_from_json(const json& list, std::int64_t start_ns) {
  if (!list.is_array()) throw ReportError("load report: \"series\" must be a list of seconds");
  TimeSeries series(start_ns);
  for (const auto& object : list) {
    series.intervals_.push_back(interval_from_json(object, series.intervals_.size()));
  }
  series.go_to_last();
  return series;
}

}  // namespace threadmill::load
