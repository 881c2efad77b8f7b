#include "results/sweep/sweep_row_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "results/file/json_access.h"

namespace threadmill::results {
namespace {

constexpr double kSamePoint = 1.1;

std::optional<double> median_of(const std::vector<const Probe*>& probes, Metric metric) {
  std::vector<double> values;
  for (const Probe* probe : probes) {
    if (const auto& value = probe->trial.values[metric]) values.push_back(*value);
  }
  return values.empty() ? std::nullopt : std::optional(median(values));
}

}  // namespace

void SweepRowBuilder::add(const nlohmann::json& record, Probe probe) {
  MergedLatency latency;
  merge(record, latency);
  probe.limited_ns = limited(latency);
  row_.probes.push_back(std::move(probe));
  records_.push_back(&record);
}

void SweepRowBuilder::finish() {
  draw_curve();
  row_.capacity = combine(searches());
  row_.at_capacity = at_capacity();
  row_.reason = reason();
}

/// The answers of the searches: of those that went to their end where there are any.
std::vector<Bracket> SweepRowBuilder::searches() {
  std::map<std::int64_t, LevelOutcomes> by_repeat;
  for (const Probe& probe : row_.probes) {
    if (!probe.verdict.outcome) continue;
    auto& outcomes = by_repeat[probe.trial.repeat];
    const auto [known, is_new] = outcomes.try_emplace(probe.level, *probe.verdict.outcome);
    if (!is_new && *probe.verdict.outcome == ProbeOutcome::meets) ++row_.unconfirmed;
    known->second = *probe.verdict.outcome;
  }
  std::vector<Bracket> all, finished;
  for (const auto& [repeat, outcomes] : by_repeat) {
    all.push_back(bracket_of(outcomes));
    if (is_finished(all.back(), range_)) finished.push_back(all.back());
  }
  return finished.empty() ? all : finished;
}

/// One that cannot be read adds nothing: the probe's verdict tells.
void SweepRowBuilder::merge(const nlohmann::json& record, MergedLatency& latency) const {
  try {
    latency.add(find_at(record, latencies()[static_cast<std::size_t>(sweep_.latency)].pointer));
  } catch (const std::exception&) {
    return;
  }
}

std::vector<double> SweepRowBuilder::limited(const MergedLatency& latency) const {
  std::vector<double> values;
  for (const auto& limit : sweep_.service_level.limits) {
    if (const auto value = latency.at_percentile(limit.percentile)) values.push_back(*value);
  }
  return values;
}

void SweepRowBuilder::draw_curve() {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < row_.probes.size(); ++i) {
    if (row_.probes[i].verdict.outcome) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return row_.probes[a].level < row_.probes[b].level; });
  for (std::size_t first = 0; first < order.size();) {
    const auto most = kSamePoint * static_cast<double>(row_.probes[order[first]].level);
    std::size_t end = first + 1;
    while (end < order.size() && static_cast<double>(row_.probes[order[end]].level) <= most) ++end;
    row_.curve.push_back(point_of({order.begin() + static_cast<std::ptrdiff_t>(first),
                                   order.begin() + static_cast<std::ptrdiff_t>(end)}));
    first = end;
  }
}

CurvePoint SweepRowBuilder::point_of(const std::vector<std::size_t>& members) const {
  CurvePoint point;
  MergedLatency latency;
  std::vector<double> levels;
  std::vector<const Probe*> probes;
  for (const std::size_t i : members) {
    probes.push_back(&row_.probes[i]);
    levels.push_back(static_cast<double>(probes.back()->level));
    if (probes.back()->verdict.outcome == ProbeOutcome::meets) ++point.met;
    merge(*records_[i], latency);
  }
  point.level = median(levels);
  point.probes = members.size();
  point.latency = latency.percentiles();
  point.limited_ns = limited(latency);
  point.requests_per_s = median_of(probes, Metric::requests_per_s);
  point.cpu_us_per_request = median_of(probes, Metric::cpu_us_per_request);
  return point;
}

/// Of the probes that met, those that came nearest to the capacity from below.
std::optional<CurvePoint> SweepRowBuilder::at_capacity() const {
  std::vector<std::size_t> met;
  double highest = 0;
  for (std::size_t i = 0; i < row_.probes.size(); ++i) {
    const auto level = static_cast<double>(row_.probes[i].level);
    if (row_.probes[i].verdict.outcome != ProbeOutcome::meets || level > row_.capacity.value) continue;
    met.push_back(i);
    highest = std::max(highest, level);
  }
  std::erase_if(
      met, [&](std::size_t i) { return kSamePoint * static_cast<double>(row_.probes[i].level) < highest; });
  return met.empty() ? std::nullopt : std::optional(point_of(met));
}

/// The probe with this outcome whose level is nearest to the capacity, from `lowest` on.
const Probe* SweepRowBuilder::nearest(ProbeOutcome outcome, double lowest) const {
  const Probe* found = nullptr;
  for (const Probe& probe : row_.probes) {
    if (probe.verdict.outcome != outcome || static_cast<double>(probe.level) < lowest) continue;
    if (found == nullptr || probe.level < found->level) found = &probe;
  }
  return found;
}

std::string SweepRowBuilder::reason() const {
  for (const Probe& probe : row_.probes) {
    if (!probe.verdict.outcome) return fmt::format("at {}: {}", probe.level, probe.verdict.reason);
  }
  const bool measured = row_.capacity.kind == Capacity::Kind::measured;
  const Probe* found = nullptr;
  if (!measured) found = nearest(ProbeOutcome::cannot_say, row_.capacity.value);
  if (found == nullptr) found = nearest(ProbeOutcome::violates, row_.capacity.value);
  if (found != nullptr) return fmt::format("at {}: {}", found->level, found->verdict.reason);
  return row_.capacity.kind == Capacity::Kind::at_least ? "every level that was probed met" : "";
}

}  // namespace threadmill::results
