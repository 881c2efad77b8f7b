#include "harness/doctor/checks.h"

#include <array>

namespace threadmill::harness::doctor {
namespace {

constexpr std::array kChecks = {
    Check{"build", "A build without optimisation, or with sanitizers, measures the compiler's checks.",
          check_build},
    Check{"other load",
          "Other programs take CPU time away from server and generator, now from this, now from that.",
          check_other_load},
    Check{"load average", "A machine that was busy a moment ago often is again in the next.",
          check_load_average},
    Check{"pressure", "While something waits for a CPU, memory or a disk, a server may be what waits.",
          check_pressure},
    Check{"cpus",
          "With few CPUs server, generator and harness stand in each other's way, and threads gain nothing.",
          check_cpus},
    Check{"cpu quota",
          "When the quota is spent, the kernel stops server and generator for the rest of a period, often "
          "100 ms.",
          check_cpu_quota},
    Check{"isolated cpus",
          "The scheduler does not spread threads over isolated CPUs: all of a server's may run on one.",
          check_isolated_cpus},
    Check{"virtualisation", "A host may take the CPU at any time, and wakes a virtual CPU late.",
          check_virtualisation},
    Check{
        "steal",
        "Time that the host gave to others is missing from the server's throughput and adds to its latency.",
        check_steal},
    Check{"wake-ups",
          "A generator that sleeps until a request is due sends it that much later, and so do servers that "
          "sleep.",
          check_wake_ups},
    Check{"timers", "Without high-resolution timers nothing can be sent between two ticks.", check_timers},
    Check{"timer slack", "The kernel may delay a server's timers by as much, to wake the CPU less often.",
          check_timer_slack},
    Check{"clock source",
          "A slow clock source makes each reading of the time a trip to a device, some for each request.",
          check_clock_source},
    Check{"governor", "A clock frequency that follows the load favours servers that keep the CPU busy.",
          check_governor},
    Check{"turbo",
          "Turbo raises the clock frequency until the chip is hot: first trials are faster than last ones.",
          check_turbo},
    Check{
        "smt",
        "Two CPUs of one core slow each other down, so what a server gets depends on what its sibling does.",
        check_smt},
    Check{"mitigations",
          "They make system calls dearer, so figures compare only with machines that have the same.",
          check_mitigations},
    Check{"descriptors",
          "Each connection takes a descriptor on either side; without enough a scenario is refused.",
          check_descriptors},
    Check{"processes", "The models fork and thread need a process or a thread for each connection.",
          check_processes},
    Check{"pids limit", "A control group with fewer processes than connections makes fork and thread fail.",
          check_pids_limit},
    Check{"ports", "Each connection takes a port, which stays taken for a minute after a close.",
          check_ports},
    Check{
        "somaxconn",
        "A shorter queue of the listener drops connections of a storm, and each tries again a second later.",
        check_somaxconn},
    Check{"memory", "Without room for every connection's buffers and processes, the kernel kills or swaps.",
          check_memory},
    Check{"swap", "A page that has to come back from a disk makes one request milliseconds slower.",
          check_swap},
    Check{"huge pages", "Memory that comes in pieces of 2 MiB makes memory per connection a matter of luck.",
          check_huge_pages},
    Check{"numa", "Memory of another node is slower, so figures depend on where a process happened to start.",
          check_numa},
    Check{"syscall counting", "It does not hurt: without it system calls per request are not told.",
          check_syscall_counting},
};

}  // namespace

std::span<const Check> all_checks() { return kChecks; }

}  // namespace threadmill::harness::doctor
