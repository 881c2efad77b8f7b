#include "results/trial/metrics.h"

#include <algorithm>

namespace threadmill::results {
namespace {

constexpr std::array<MetricTraits, metric_count> traits{{
    {Metric::requests_per_s, "requests_per_s",
     "Requests answered while the load was on, divided by that time: from the first send to the deadline or, "
     "in a scenario "
     "by count, to the last answer. For chat, publications: the messages that subscribers received "
     "meanwhile, "
     "divided by the "
     "subscribers that each was for.",
     Better::more, Hidden::more},
    {Metric::deliveries_per_s, "deliveries_per_s",
     "Messages that subscribers received while the load was on, divided by that time.", Better::more,
     Hidden::more},
    {Metric::service_p50_ns, "service_p50_ns",
     "Service time (actual send to reply): half of the requests took at most this.", Better::less,
     Hidden::less},
    {Metric::service_p99_ns, "service_p99_ns", "Service time: 99 of 100 requests took at most this.",
     Better::less, Hidden::less},
    {Metric::service_p999_ns, "service_p999_ns", "Service time: 999 of 1,000 requests took at most this.",
     Better::less, Hidden::less},
    {Metric::response_p50_ns, "response_p50_ns",
     "Response time (when the schedule meant it to be sent, to reply): half of the requests took at most "
     "this. "
     "Only where a schedule says when requests are sent.",
     Better::less, Hidden::less},
    {Metric::response_p99_ns, "response_p99_ns", "Response time: 99 of 100 requests took at most this.",
     Better::less, Hidden::less},
    {Metric::response_p999_ns, "response_p999_ns", "Response time: 999 of 1,000 requests took at most this.",
     Better::less, Hidden::less},
    {Metric::delivery_p50_ns, "delivery_p50_ns",
     "Delivery (PUBLISH sent to message received): half took at most this.", Better::less, Hidden::less},
    {Metric::delivery_p99_ns, "delivery_p99_ns", "Delivery: 99 of 100 took at most this.", Better::less,
     Hidden::less},
    {Metric::delivery_p999_ns, "delivery_p999_ns", "Delivery: 999 of 1,000 took at most this.", Better::less,
     Hidden::less},
    {Metric::delivery_response_p50_ns, "delivery_response_p50_ns",
     "Delivery from when the schedule meant the message to be published: half took at most this.",
     Better::less, Hidden::less},
    {Metric::delivery_response_p99_ns, "delivery_response_p99_ns",
     "Delivery from the schedule: 99 of 100 took at most this.", Better::less, Hidden::less},
    {Metric::delivery_response_p999_ns, "delivery_response_p999_ns",
     "Delivery from the schedule: 999 of 1,000 took at most this.", Better::less, Hidden::less},
    {Metric::slip_p99_ns, "slip_p99_ns",
     "Schedule slip (when it was meant to be sent, to when it was): 99 of 100 requests left no later than "
     "this."},
    {Metric::cpu_us_per_request, "cpu_us_per_request",
     "CPU time of the server's whole process tree in the window, divided by the requests answered.",
     Better::less},
    {Metric::cpu_us_per_delivery, "cpu_us_per_delivery",
     "CPU time of the server's whole process tree in the window, divided by the messages delivered.",
     Better::less},
    {Metric::server_cpu_percent, "server_cpu_percent",
     "Server CPU time divided by the window; 100 % is one CPU.", Better::neither, Hidden::more},
    {Metric::server_cpu_percent_max, "server_cpu_percent_max",
     "The busiest interval between two samples (ten a second, and one at each end of the window) of the "
     "server; 100 % is one CPU.",
     Better::neither, Hidden::more},
    {Metric::pss_peak_bytes, "pss_peak_bytes",
     "Largest proportional set size of the server's process tree: pages that processes share count once.",
     Better::less},
    {Metric::bytes_per_connection, "bytes_per_connection",
     "PSS, kernel stacks and page tables with every connection still open after the load, less what the "
     "server used "
     "before the first connection where that was sampled (otherwise the whole server is in it, and the "
     "report says "
     "so), divided by the connections. Socket buffers inside the kernel are not in it.",
     Better::less},
    {Metric::switches_per_request, "switches_per_request",
     "Voluntary and involuntary context switches of the server in the window, divided by the requests "
     "answered. Where threads ended in the window and took their counts with them: of the pass that counts "
     "system calls.",
     Better::less},
    {Metric::generator_cpu_percent, "generator_cpu_percent",
     "CPU time of the load generator's threads divided by the window; 100 % is one CPU."},
    {Metric::starved_percent, "starved_percent",
     "Of the window, while the load generator's thread that waited most could have run and others had its "
     "CPU."},
    {Metric::littles_law_residual_percent, "littles_law_residual_percent",
     "Little's law: requests under way = rate x time of each. What is missing, of those that the plan keeps "
     "under way; far from 0, time was spent that nothing accounts for. Closed loops by time only."},
    {Metric::established_percent, "established_percent", "Connections established, of those asked for.",
     Better::more},
    {Metric::backlog_requests, "backlog_requests",
     "Requests or messages under way when sending ended: in an open loop, a queue that grew shows here."},
    {Metric::backlog_unread_bytes, "backlog_unread_bytes",
     "Bytes that had arrived and that the load generator had not read yet when sending ended."},
    {Metric::bystanders_dropped, "bystanders_dropped",
     "Bystanders (idle, slow, half-open connections) that the server closed."},
    {Metric::clients_lost, "clients_lost",
     "Clients whose connection the server ended, where lost clients return to it (a crash, a worker that is "
     "killed); the client that makes it crash is not among them.",
     Better::less},
    {Metric::clients_kept_percent, "clients_kept_percent",
     "Of all clients, those that never lost their connection.", Better::more},
    {Metric::clients_away, "clients_away", "Lost clients that had no answer again by the end.", Better::less},
    {Metric::recovery_ns, "recovery_ns",
     "From the first loss until every lost client had an answer again; absent where one had none.",
     Better::less, Hidden::less},
    {Metric::messages_lost, "messages_lost",
     "Messages that the server had confirmed and that a subscriber never received, counted for each "
     "subscriber. "
     "Where publishers and subscribers come back to a server that went away, and publish again what was not "
     "confirmed.",
     Better::less},
    {Metric::messages_repeated, "messages_repeated",
     "Messages that a subscriber received again, which it knows by their number.", Better::less},
    {Metric::messages_reordered, "messages_reordered",
     "Messages that a subscriber received after a later one of the same publisher.", Better::less},
    {Metric::publications_refused, "publications_refused",
     "Attempts to publish that the server answered with an error.", Better::less},
    {Metric::fault_noticed_ns, "fault_noticed_ns",
     "From what was done to the server until the first client lost its connection or was refused; absent "
     "where "
     "nobody was.",
     Better::less},
    {Metric::longest_unconfirmed_ns, "longest_unconfirmed_ns",
     "The longest time in the window in which nothing that was published was confirmed.", Better::less},
    {Metric::longest_silence_ns, "longest_silence_ns",
     "The longest time in the window in which a subscriber received nothing.", Better::less},
    {Metric::catching_up_ns, "catching_up_ns",
     "From when a subscriber was back until it had the last that it got of what was published before; the "
     "longest.",
     Better::less},
    {Metric::user_cpu_us_per_request, "user_cpu_us_per_request",
     "The part of the CPU time per request that the server spent in its own code. The sum is exact; the "
     "shares "
     "of user and system are where the kernel's clock ticks found it. Not where children that it reaped in "
     "the "
     "window are more than 5 % of the sum: the kernel books a child that lived for less than a tick as all "
     "user. Not of less than 0.2 s of CPU time either: too few ticks.",
     Better::less},
    {Metric::system_cpu_us_per_request, "system_cpu_us_per_request",
     "The other part: in the kernel, for the server.", Better::less},
    {Metric::voluntary_switches_per_request, "voluntary_switches_per_request",
     "Context switches because a thread of the server waited, divided by the requests answered. Not where "
     "threads ended in the window: they took their counts with them.",
     Better::less},
    {Metric::involuntary_switches_per_request, "involuntary_switches_per_request",
     "Context switches because something else was to run on the CPU of a thread that could have gone on; "
     "otherwise as the voluntary ones.",
     Better::less},
    {Metric::syscalls_per_request, "syscalls_per_request",
     "System calls of the server's whole process tree, divided by the requests answered: counted by the "
     "kernel "
     "in a short pass of its own after the first repeat, because counting slows them.",
     Better::less},
    {Metric::page_faults_per_request, "page_faults_per_request",
     "Page faults of the server in the window, minor and major, those of reaped children too, divided by the "
     "requests answered.",
     Better::less},
    {Metric::sampler_cpu_percent, "sampler_cpu_percent",
     "CPU time that watching the server cost this tool in the window (on the load generator's CPUs); 100 % "
     "is "
     "one CPU."},
    {Metric::steal_percent, "steal_percent",
     "Of the time of the CPUs that the trial used, what the hypervisor gave to others."},
    {Metric::others_cpu_percent, "others_cpu_percent",
     "Of the time of the CPUs that the trial used, what programs other than the server, the load generator "
     "and "
     "this tool took; from clock ticks."},
}};

constexpr std::array<LatencyTraits, latency_count> latency_traits{{
    {Latency::service, "/load/latency/service_time", "service time", Metric::service_p50_ns,
     Metric::service_p99_ns, Metric::service_p999_ns},
    {Latency::response, "/load/latency/response_time", "response time", Metric::response_p50_ns,
     Metric::response_p99_ns, Metric::response_p999_ns},
    {Latency::delivery, "/load/latency/delivery", "delivery", Metric::delivery_p50_ns,
     Metric::delivery_p99_ns, Metric::delivery_p999_ns},
    {Latency::delivery_response, "/load/latency/delivery_response", "delivery from the schedule",
     Metric::delivery_response_p50_ns, Metric::delivery_response_p99_ns, Metric::delivery_response_p999_ns},
}};

}  // namespace

std::span<const MetricTraits> metrics() { return traits; }

const MetricTraits& traits_of(Metric metric) { return traits[static_cast<std::size_t>(metric)]; }

std::string_view better_name(Better better) {
  constexpr std::array<std::string_view, 3> names = {"more", "less", "neither"};
  return names[static_cast<std::size_t>(better)];
}

std::span<const LatencyTraits> latencies() { return latency_traits; }

std::optional<Metric> find_metric(std::string_view name) {
  const auto found =
      std::find_if(traits.begin(), traits.end(), [&](const auto& t) { return t.name == name; });
  return found == traits.end() ? std::nullopt : std::optional(found->metric);
}

}  // namespace threadmill::results
