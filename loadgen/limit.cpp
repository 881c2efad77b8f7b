#include "loadgen/limit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace threadmill::load {
namespace {

constexpr double kBusyThread = 0.95;
constexpr double kBusyServer = 0.90;
constexpr double kStarved = 0.05;
constexpr double kMostUnread = 0.5;
constexpr double kMostUnsent = 0.01;
constexpr double kLateUs = 100;
constexpr double kLateShare = 0.05;  // of the response time
constexpr double kQueueing = 2;      // times the fastest answer: they wait for each other

double percent(double share) { return share * 100; }

bool sends_late(const LimitEvidence& e) {
  const double late_us = e.send_delay_p99_us.value_or(0);
  return late_us > std::max(kLateUs, kLateShare * e.response_p99_us.value_or(0));
}

/// One thread that does all the work is full when its CPU is, however many others its server has.
bool has_full_thread(const LimitEvidence& e) { return e.server_thread.value_or(0) >= kBusyServer; }

bool server_is_busy(const LimitEvidence& e) {
  if (e.server_cpu) return *e.server_cpu >= kBusyServer || has_full_thread(e);
  return e.in_flight > 1 && e.service_mean_us >= kQueueing * e.service_min_us;
}

std::string server_reason(const LimitEvidence& e) {
  if (e.server_cpu.value_or(0) < kBusyServer && has_full_thread(e))
    return fmt::format("the server's busiest thread used {:.0f} % of a CPU", percent(*e.server_thread));
  if (e.server_cpu)
    return fmt::format("the server used {:.0f} % of the CPUs it could use", percent(*e.server_cpu));
  return fmt::format("an answer took {:.1f} times as long on average as the fastest one: they queue",
                     e.service_mean_us / std::max(e.service_min_us, 1e-3));
}

LimitJudgement judge_paced(const LimitEvidence& e) {
  if (sends_late(e)) {
    return {
        LimitedBy::generator,
        fmt::format("1 % of the requests left more than {:.0f} us after they could have; CPU taken from the "
                    "generator's busiest thread {:.0f} %",
                    *e.send_delay_p99_us, percent(e.starved))};
  }
  if (e.unsent > kMostUnsent && e.unread > kMostUnread) {
    return {
        LimitedBy::generator,
        fmt::format("{:.1f} % of what was due was never sent, while {:.0f} % of the requests in flight were "
                    "answered and waited to be read",
                    percent(e.unsent), percent(e.unread))};
  }
  if (!e.open && server_is_busy(e)) return {LimitedBy::server, server_reason(e)};
  if (e.unsent > kMostUnsent) {
    return {LimitedBy::server,
            fmt::format("{:.1f} % of what was due was never sent: every connection still awaited an answer",
                        percent(e.unsent))};
  }
  return {LimitedBy::schedule,
          e.unsent > 0
              ? fmt::format("{:.1f} % of what was due was never sent, the rest in time", percent(e.unsent))
              : "all that was due was sent in time and answered"};
}

LimitJudgement starved_generator(const LimitEvidence& e) {
  return {LimitedBy::generator,
          fmt::format("others had the CPU of the generator's busiest thread for {:.0f} % of the window",
                      percent(e.starved))};
}

LimitJudgement judge_busy_thread(const LimitEvidence& e) {
  if (e.starved > kStarved) return starved_generator(e);
  if (e.server_cpu && !server_is_busy(e)) {
    return {LimitedBy::generator,
            fmt::format("the generator's busiest thread was busy for {:.0f} % of the window, the server "
                        "for {:.0f} %",
                        percent(e.busiest_thread), percent(*e.server_cpu))};
  }
  if (e.unread > kMostUnread) {
    return {LimitedBy::generator,
            fmt::format("{:.0f} % of the requests in flight were answered and waited to be read",
                        percent(e.unread))};
  }
  return {LimitedBy::server,
          fmt::format("{:.0f} % of the requests in flight waited for the server, not for the generator",
                      percent(1 - e.unread))};
}

LimitJudgement judge_closed(const LimitEvidence& e) {
  const bool busy =
      e.polls ? e.unread > kMostUnread || e.starved > kStarved : e.busiest_thread >= kBusyThread;
  if (busy) return judge_busy_thread(e);
  if (server_is_busy(e)) return {LimitedBy::server, server_reason(e)};
  if (e.starved > kStarved) return starved_generator(e);
  return {LimitedBy::none,
          fmt::format("the generator's busiest thread was busy for {:.0f} % of the window, and {}",
                      percent(e.busiest_thread),
                      e.server_cpu ? fmt::format("the server for {:.0f} %", percent(*e.server_cpu))
                                   : "answers do not queue at the server")};
}

}  // namespace

std::string_view to_text(LimitedBy limited_by) {
  constexpr std::array<std::string_view, 4> names = {"server", "generator", "schedule", "none"};
  return names[static_cast<std::size_t>(limited_by)];
}

LimitJudgement judge_limit(const LimitEvidence& evidence) {
  return evidence.paced ? judge_paced(evidence) : judge_closed(evidence);
}

std::optional<LimitJudgement> judge_start(double late_ns, double window_ns) {
  constexpr double kMostLate = 0.01;  // of the window
  if (late_ns <= kMostLate * window_ns) return std::nullopt;
  return LimitJudgement{
      LimitedBy::generator,
      fmt::format(
          "it began {:.0f} ms after the others, as it was told too late to begin: its machine, or the "
          "network to it, is overloaded",
          late_ns / 1e6)};
}

}  // namespace threadmill::load
