#pragma once
// How long the reference server takes for each request: known beforehand, drawn from a seeded generator.

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace threadmill::load::reference {

/// No time of a specification may be longer.
inline constexpr std::int64_t kLongestServiceNs = 1'000'000'000;

/// The distribution of service times. `usual_ns` is the constant, the common one of two, or the mean.
struct ServiceTimeSpec {
  enum class Kind { none, constant, bimodal, exponential };
  Kind kind = Kind::none;
  std::int64_t usual_ns = 0;
  std::int64_t rare_ns = 0;  ///< bimodal only
  double rare_share = 0;     ///< bimodal only: 0 .. 1
  bool operator==(const ServiceTimeSpec&) const = default;
};

/// Reads "none", "constant:500us", "exponential:1ms" or "bimodal:300us,5ms,1%" (1% of the requests take 5
/// ms). Throws std::invalid_argument with what would be right.
ServiceTimeSpec parse_service_times(std::string_view text);

/// The text that parse_service_times() reads as `spec`.
std::string to_string(const ServiceTimeSpec& spec);

/// The same seed gives the same times on every machine: the draws from std::mt19937_64 are turned into times
/// here, because the distributions of the standard library differ between implementations.
class ServiceTimes {
 public:
  ServiceTimes(const ServiceTimeSpec& spec, std::uint64_t seed) : spec_(spec), random_(seed) {}
  std::int64_t next_ns();

 private:
  /// Evenly in [0, 1).
  double uniform() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

  ServiceTimeSpec spec_;
  std::mt19937_64 random_;
};

}  // namespace threadmill::load::reference
