#pragma once
// From the probes of one subject to its curve and its capacity.

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "results/sweep/sweep.h"

namespace threadmill::results {

/// Collects the probes of a row with their records, which hold the histograms. For one thread.
class SweepRowBuilder {
 public:
  /// `range` is what the searches of the row's run had. `row` is filled; both references outlive the builder.
  SweepRowBuilder(const Sweep& sweep, const SearchRange& range, SweepRow& row)
      : sweep_(sweep), range_(range), row_(row) {}

  /// `record` outlives finish().
  void add(const nlohmann::json& record, Probe probe);
  void finish();

 private:
  std::vector<Bracket> searches();
  void merge(const nlohmann::json& record, MergedLatency& latency) const;
  std::vector<double> limited(const MergedLatency& latency) const;
  void draw_curve();
  CurvePoint point_of(const std::vector<std::size_t>& members) const;
  std::optional<CurvePoint> at_capacity() const;
  const Probe* nearest(ProbeOutcome outcome, double lowest) const;
  std::string reason() const;

  const Sweep& sweep_;
  SearchRange range_;
  SweepRow& row_;
  std::vector<const nlohmann::json*> records_;
};

}  // namespace threadmill::results
