#pragma once
// The numbers that are derived from one trial, and the one list of them that comparison and views go through.

#include <array>
#include <cstddef>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace threadmill::results {

enum class Metric : std::size_t {
  requests_per_s,
  deliveries_per_s,
  service_p50_ns,
  service_p99_ns,
  service_p999_ns,
  delivery_p50_ns,
  delivery_p99_ns,
  delivery_p999_ns,
  cpu_us_per_request,
  cpu_us_per_delivery,
  server_cpu_percent,
  server_cpu_percent_max,
  pss_peak_bytes,
  bytes_per_connection,
  switches_per_request,
  generator_cpu_percent,
};
inline constexpr std::size_t metric_count = 16;

/// `name` ends in the unit: it is the column of the CSV and the data set of a chart.
struct MetricTraits {
  Metric metric;
  std::string_view name;
  std::string_view meaning;  ///< one sentence for "how to read the columns"
};

/// All metrics in the order of the enumeration.
std::span<const MetricTraits> metrics();

/// The metric called `name`, if there is one.
std::optional<Metric> find_metric(std::string_view name);

/// One optional T for each metric: absent where a trial did not measure it or it has no meaning (deliveries
/// of an echo).
template <typename T>
class PerMetric {
 public:
  std::optional<T>& operator[](Metric metric) { return values_[static_cast<std::size_t>(metric)]; }
  const std::optional<T>& operator[](Metric metric) const {
    return values_[static_cast<std::size_t>(metric)];
  }

 private:
  std::array<std::optional<T>, metric_count> values_;
};

/// What kept a trial from being faster.
enum class Bound { unknown, server, generator, both, neither };

/// Decides from shares (1.0 = all of it): of its CPU that the busiest generator thread used, and of the CPUs
/// it could use that the server used.
Bound bound_by(std::optional<double> busiest_generator_thread, std::optional<double> server_of_budget);

using Counts = std::map<std::string, std::uint64_t>;

/// A trial with everything derived from it.
struct Trial {
  std::string subject;
  std::int64_t repeat = 0;  ///< from 0; people are shown it from 1
  std::int64_t sequence = 0;
  std::string started_at;
  std::string problem;             ///< why the trial does not count; empty when it is valid
  Counts errors;                   ///< connect, timeout, reset, ...: only those above zero
  Counts integrity;                ///< corrupt, lost, repeated, ...: only those above zero
  std::optional<double> window_s;  ///< the measured window, draining included
  PerMetric<double> values;
  Bound bound = Bound::unknown;
  bool memory_is_growth =
      false;  ///< bytes_per_connection leaves out what the server used before anybody connected

  bool valid() const { return problem.empty(); }
};

/// Derives from a trial record of a result file. `server_cpus` is how many CPUs the server was given (0: not
/// known, or shared with the generator: then nobody can say what limited the trial). Never throws for a
/// record that is incomplete: what is missing is absent, and `problem` says what made it invalid.
Trial derive_trial(const nlohmann::json& record, std::size_t server_cpus);

}  // namespace threadmill::results
