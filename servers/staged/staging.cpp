#include "servers/staged/staging.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "servers/staged/crashing_session.h"
#include "servers/staged/working_session.h"
#include "servers/staged/wrapped_service.h"

namespace threadmill::servers {
namespace {

constexpr std::int64_t kMostWorkNs = 10'000'000'000;
constexpr double kMostEvery = 1e6;

std::optional<std::int64_t> parse_time_ns(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (error != std::errc{} || count <= 0 || count > kMostWorkNs) return std::nullopt;
  if (unit == "us" && count <= kMostWorkNs / 1000) return count * 1000;
  if (unit == "ms" && count <= kMostWorkNs / 1'000'000) return count * 1'000'000;
  return std::nullopt;
}

/// One in how many "1%" are.
std::optional<std::uint64_t> parse_share(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  double percent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  if (error != std::errc{} || end != text.data() + text.size() || !(percent > 0) || percent > 100) {
    return std::nullopt;
  }
  const double every = 100 / percent;
  const double whole = std::round(every);
  if (whole > kMostEvery || std::abs(every - whole) > 1e-6 * whole) return std::nullopt;
  return static_cast<std::uint64_t>(whole);
}

}  // namespace

HandlerWork parse_work(std::string_view text) {
  const auto colon = text.find(':');
  if (colon != std::string_view::npos) {
    const auto cpu_ns = parse_time_ns(text.substr(0, colon));
    const auto every = parse_share(text.substr(colon + 1));
    if (cpu_ns && every) return {*cpu_ns, *every};
  }
  throw std::invalid_argument(
      fmt::format("--work {}: give TIME:SHARE with a TIME of 1us to "
                  "10000ms and a SHARE that is one in a whole number (100%, 50%, 1%, 0.1%), as in 5ms:1%",
                  text));
}

Fault parse_fault(std::string_view text) {
  if (text == "crash") return Fault::crash;
  throw std::invalid_argument(fmt::format("--fault {}: there is no such fault; give crash", text));
}

std::unique_ptr<Service> staged(std::unique_ptr<Service> service, const HandlerWork& work, Fault fault) {
  if (work.any()) {
    service = std::make_unique<WrappedService>(
        std::move(service),
        [work, sessions = std::make_shared<SharedCounter>()](std::unique_ptr<Session> session) {
          return std::make_unique<WorkingSession>(std::move(session), work, sessions->next());
        });
  }
  if (fault == Fault::crash) {
    service = std::make_unique<WrappedService>(std::move(service), [](std::unique_ptr<Session> session) {
      return std::make_unique<CrashingSession>(std::move(session));
    });
  }
  return service;
}

}  // namespace threadmill::servers
