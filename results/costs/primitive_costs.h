#pragma once
// What pieces of work cost on a machine, as `threadmill primitives` measured them there.

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace threadmill::results {

/// Nanoseconds by the name of the primitive; names of those that depend on a number end with it:
/// "receive/64". Immutable.
class PrimitiveCosts {
 public:
  PrimitiveCosts() = default;
  explicit PrimitiveCosts(std::map<std::string, double, std::less<>> ns) : ns_(std::move(ns)) {}

  bool empty() const { return ns_.empty(); }

  std::optional<double> ns(std::string_view name) const;

  /// Of a primitive that depends on a number: on straight lines between what was measured. Below the least
  /// number it is that of the least; above the highest it goes on as between the two highest.
  std::optional<double> ns_at(std::string_view name, double number) const;

  /// The same, which above the highest number stays what it is there: of what depends on how cold caches are.
  std::optional<double> ns_up_to(std::string_view name, double number) const;

 private:
  std::map<double, double> curve_of(std::string_view name) const;

  std::map<std::string, double, std::less<>> ns_;
};

/// From the "primitives" of a result file's header, or from a file of `threadmill primitives`: the medians.
/// Empty where there are none.
PrimitiveCosts primitive_costs(const nlohmann::json& document);

}  // namespace threadmill::results
