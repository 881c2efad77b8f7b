#include "plots/words/sweep_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "plots/text/text.h"

namespace threadmill::plots {
namespace {

using results::Capacity;
using results::CurvePoint;
using results::Sweep;
using results::SweepRow;

std::string at_capacity_cell(const SweepRow& row, std::optional<double> (*value)(const CurvePoint&),
                             std::string (*format)(double)) {
  const auto found = row.at_capacity ? value(*row.at_capacity) : std::nullopt;
  return found ? format(*found) : std::string(no_number);
}

std::optional<double> first_limited_ns(const CurvePoint& point) {
  return point.limited_ns.empty() ? std::nullopt : std::optional(point.limited_ns.front());
}

}  // namespace

std::string level_unit(const Sweep& sweep) {
  if (sweep.over == "rate_per_s") return sweep.pubsub ? "messages/s" : "requests/s";
  return sweep.pubsub ? "subscribers" : "connections";
}

std::string sweep_name(const Sweep& sweep) {
  return fmt::format("{}: {} under {}", plain(sweep.of), level_unit(sweep), sweep.service_level.text());
}

std::string sweep_title(const Sweep& sweep) {
  const auto& latency = results::latencies()[static_cast<std::size_t>(sweep.latency)];
  return fmt::format("{} of {}", sweep_name(sweep), latency.name);
}

std::string capacity_cell(const SweepRow& row) {
  const std::string value = number(row.capacity.value);
  switch (row.capacity.kind) {
    case Capacity::Kind::measured:
      return value;
    case Capacity::Kind::at_least:
      return "≥ " + value;
    case Capacity::Kind::below:
      return "< " + value;
    case Capacity::Kind::unknown:
      break;
  }
  return std::string(no_number);
}

std::string interval_text(const Capacity& capacity) {
  if (!capacity.high) return fmt::format("{} or more", number(capacity.low));
  if (capacity.low <= 0) return fmt::format("below {}", number(*capacity.high));
  return fmt::format("{} to {}", number(capacity.low), number(*capacity.high));
}

std::string capacity_interval_cell(const SweepRow& row) {
  if (row.capacity.kind == Capacity::Kind::unknown) return std::string(no_number);
  if (row.capacity.confidence <= 0) return interval_text(row.capacity);  // one search says nothing of others
  return fmt::format("{} ({:.0f} %)", interval_text(row.capacity), 100 * row.capacity.confidence);
}

Table sweep_table(const Sweep& sweep, std::string (*name)(const SweepRow&)) {
  const auto& rows = sweep.rows;
  Table table;
  table.add_column("server", rows, name);
  table.add_column(level_unit(sweep), rows, capacity_cell);
  table.add_column("interval", rows, capacity_interval_cell);
  table.add_column(fmt::format("{} there", sweep.service_level.limits.front().name), rows,
                   [](const SweepRow& row) { return at_capacity_cell(row, first_limited_ns, duration); });
  table.add_column("CPU-µs/req", rows, [](const SweepRow& row) {
    return at_capacity_cell(
        row, [](const CurvePoint& point) { return point.cpu_us_per_request; }, number);
  });
  table.add_column("searches", rows,
                   [](const SweepRow& row) { return std::to_string(row.capacity.searches); });
  table.add_column("probes", rows, [](const SweepRow& row) { return std::to_string(row.probes.size()); });
  return table;
}

std::string capacities_sentence(const Sweep& sweep) {
  std::string text;
  for (const SweepRow& row : sweep.rows) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", plain(row.label, 48), capacity_cell(row));
    if (row.capacity.kind == Capacity::Kind::measured)
      text += fmt::format(" ({})", interval_text(row.capacity));
  }
  return text.empty() ? "no probes" : text;
}

std::string reason_sentence(const SweepRow& row) {
  std::string text = row.reason;
  const auto add = [&](const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
  if (row.capacity.disordered) add("a level was violated below one that met, so the interval spans both");
  if (row.unconfirmed > 0) {
    add(fmt::format("{} that a second probe of the same level did not confirm",
                    counted(row.unconfirmed, "violation")));
  }
  return text;
}

std::string intervals_sentence(const Sweep& sweep) {
  const bool too_few = std::any_of(sweep.rows.begin(), sweep.rows.end(), [](const SweepRow& row) {
    return row.capacity.kind != Capacity::Kind::unknown && !row.capacity.is_confident();
  });
  return fmt::format(
      "Capacity: the median over the searches. Interval: the range of what they found, and how likely it "
      "contains the median of all such searches{}. ≥: nobody could say more, or no level was violated.",
      too_few ? "; too few searches for 95 % (it takes 6: --repeats 6)" : "");
}

}  // namespace threadmill::plots
