#include "results/costs/primitive_costs.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "results/file/json_access.h"

namespace threadmill::results {

std::optional<double> PrimitiveCosts::ns(std::string_view name) const {
  const auto found = ns_.find(name);
  return found == ns_.end() ? std::nullopt : std::optional(found->second);
}

std::map<double, double> PrimitiveCosts::curve_of(std::string_view name) const {
  std::map<double, double> curve;
  for (const auto& [full, ns] : ns_) {
    const std::string_view called = full;
    if (called.size() <= name.size() + 1 || !called.starts_with(name) || called[name.size()] != '/') continue;
    double number = 0;
    const char* end = called.data() + called.size();
    const auto read = std::from_chars(called.data() + name.size() + 1, end, number);
    if (read.ec == std::errc() && read.ptr == end) curve[number] = ns;
  }
  return curve;
}

std::optional<double> PrimitiveCosts::ns_at(std::string_view name, double number) const {
  const auto curve = curve_of(name);
  if (curve.empty()) return std::nullopt;
  if (curve.size() == 1 || number <= curve.begin()->first) return curve.begin()->second;
  auto above = curve.lower_bound(number);
  if (above == curve.end()) --above;
  const auto below = std::prev(above);
  const double share = (number - below->first) / (above->first - below->first);
  return below->second + share * (above->second - below->second);
}

std::optional<double> PrimitiveCosts::ns_up_to(std::string_view name, double number) const {
  const auto curve = curve_of(name);
  if (curve.empty()) return std::nullopt;
  return ns_at(name, std::min(number, curve.rbegin()->first));
}

PrimitiveCosts primitive_costs(const nlohmann::json& document) {
  std::map<std::string, double, std::less<>> medians;
  const auto* costs = find_at(document, "/costs");
  if (costs == nullptr || !costs->is_object()) return {};
  for (const auto& [name, figures] : costs->items()) {
    const auto median = number_at(figures, "/median_ns");
    if (median && *median >= 0) medians[name] = *median;
  }
  return PrimitiveCosts(std::move(medians));
}

}  // namespace threadmill::results
