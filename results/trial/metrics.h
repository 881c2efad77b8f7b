#pragma once
// The one list of the numbers that are derived from a trial: comparison and views go through it.

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "results/trial/hidden.h"

namespace threadmill::results {

enum class Metric : std::size_t {
  requests_per_s,
  deliveries_per_s,
  service_p50_ns,
  service_p99_ns,
  service_p999_ns,
  response_p50_ns,
  response_p99_ns,
  response_p999_ns,
  delivery_p50_ns,
  delivery_p99_ns,
  delivery_p999_ns,
  delivery_response_p50_ns,
  delivery_response_p99_ns,
  delivery_response_p999_ns,
  slip_p99_ns,
  cpu_us_per_request,
  cpu_us_per_delivery,
  server_cpu_percent,
  server_cpu_percent_max,
  pss_peak_bytes,
  bytes_per_connection,
  switches_per_request,
  generator_cpu_percent,
  starved_percent,
  littles_law_residual_percent,
  established_percent,
  backlog_requests,
  backlog_unread_bytes,
  bystanders_dropped,
  clients_lost,
  clients_kept_percent,
  clients_away,
  recovery_ns,
  messages_lost,
  messages_repeated,
  messages_reordered,
  publications_refused,
  fault_noticed_ns,
  longest_unconfirmed_ns,
  longest_silence_ns,
  catching_up_ns,
  user_cpu_us_per_request,
  system_cpu_us_per_request,
  voluntary_switches_per_request,
  involuntary_switches_per_request,
  syscalls_per_request,
  page_faults_per_request,
  sampler_cpu_percent,
  steal_percent,
  others_cpu_percent,
};
inline constexpr std::size_t metric_count = static_cast<std::size_t>(Metric::others_cpu_percent) + 1;

/// The subject that every other one is put in proportion to: not a server to choose, but a bare epoll loop
/// with nothing around it.
inline constexpr std::string_view ceiling_subject = "bare-epoll";

/// Which way a metric gets better, for whoever has to say whether a change is good.
enum class Better { more, less, neither };

/// "more", "less" or "neither".
std::string_view better_name(Better better);

/// `name` ends in the unit: it is the column of the CSV and the data set of a chart.
struct MetricTraits {
  Metric metric;
  std::string_view name;
  std::string_view meaning;  ///< one sentence for "how to read the columns"
  Better better = Better::neither;
  /// What a load generator that was the limit hides of it: a server can do at least the rate, and what its
  /// clients waited was the generator's time in part. Costs per request are what they are.
  Hidden generator_hides = Hidden::nothing;
};

/// All metrics in the order of the enumeration.
std::span<const MetricTraits> metrics();

const MetricTraits& traits_of(Metric metric);

/// The metric called `name`, if there is one.
std::optional<Metric> find_metric(std::string_view name);

/// A latency that a load report may have.
enum class Latency : std::size_t { service, response, delivery, delivery_response };
inline constexpr std::size_t latency_count = 4;

struct LatencyTraits {
  Latency latency;
  const char* pointer;    ///< of its histogram in a trial's record
  std::string_view name;  ///< as people are shown it
  Metric p50, p99, p999;
};

/// All latencies in the order of the enumeration.
std::span<const LatencyTraits> latencies();

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

}  // namespace threadmill::results
