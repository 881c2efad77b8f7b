#include "plots/charts/sweep_chart_data.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "plots/charts/chart_row.h"
#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/sweep_words.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::Sweep;
using results::SweepRow;

/// The records of one limit of one sweep.
class Panel {
 public:
  Panel(const Sweep& sweep, std::size_t limit, std::size_t place, Colours& colours)
      : sweep_(sweep), limit_(limit), place_(place), colours_(colours) {}

  void add_to(json& records) const {
    json limit = new_record();
    limit["kind"] = "limit";
    limit["value"] = static_cast<double>(terms().below_ns) / kNsPerUs;
    limit["text"] = terms().text();
    records.push_back(std::move(limit));
    for (std::size_t order = 0; order < sweep_.rows.size(); ++order)
      add_row(sweep_.rows[order], order, records);
  }

 private:
  const results::LatencyLimit& terms() const { return sweep_.service_level.limits[limit_]; }

  json new_record() const {
    const auto& latency = results::latencies()[static_cast<std::size_t>(sweep_.latency)];
    return {{"scenario", plain(sweep_.of)},
            {"panel", fmt::format("{}: {} of {}, by {}", plain(sweep_.of, 40), terms().name, latency.name,
                                  level_unit(sweep_))},
            {"panel_order", place_}};
  }

  void add_row(const SweepRow& row, std::size_t order, json& records) const {
    json base = new_record();
    base["subject"] = short_label(row.label, row.ceiling);
    base["order"] = order;
    base["color"] = colours_.of(row.subject, row.ceiling, row.run);
    base["dash"] = dash_of(row.subject, row.run);
    base["ceiling"] = row.ceiling;
    const auto add = [&](const char* kind, double level, double ns) -> json& {
      json record = base;
      record["kind"] = kind;
      record["level"] = level;
      record["value"] = ns / kNsPerUs;
      records.push_back(std::move(record));
      return records.back();
    };
    for (const auto& point : row.curve) {
      if (limit_ < point.limited_ns.size()) add("curve", point.level, point.limited_ns[limit_]);
    }
    for (const auto& probe : row.probes) {
      if (!probe.verdict.outcome || limit_ >= probe.limited_ns.size()) continue;
      add("probe", static_cast<double>(probe.level), probe.limited_ns[limit_])["outcome"] =
          outcome_name(*probe.verdict.outcome);
    }
    add_capacity(row, base, order, records);
  }

  static void add_capacity(const SweepRow& row, json record, std::size_t order, json& records) {
    const auto& capacity = row.capacity;
    record["kind"] = "capacity";
    record["row"] = order;
    const bool measured = capacity.kind == results::Capacity::Kind::measured;
    const std::string interval = measured ? " (" + interval_text(capacity) + ")" : "";
    record["text"] =
        fmt::format("{}: {}{}", record["subject"].get<std::string>(), capacity_cell(row), interval);
    if (measured) {
      record["level"] = capacity.value;
      if (capacity.low > 0) record["low"] = capacity.low;
      if (capacity.high) record["high"] = *capacity.high;
    }
    records.push_back(std::move(record));
  }

  const Sweep& sweep_;
  std::size_t limit_;
  std::size_t place_;
  Colours& colours_;
};

}  // namespace

void add_sweep_data(const results::Comparison& comparison, Colours& colours, json& sets) {
  std::size_t place = 0;
  for (const Sweep& sweep : comparison.sweeps) {
    for (std::size_t limit = 0; limit < sweep.service_level.limits.size(); ++limit)
      Panel(sweep, limit, place++, colours).add_to(sets["latency_load"]);
  }
}

}  // namespace threadmill::plots
