// threadmill-reference: an echo server on loopback that takes known times and knows what came of them.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "loadgen/reference/command_input.h"
#include "loadgen/reference/duration.h"
#include "loadgen/reference/reference_server.h"
#include "os/clock.h"
#include "os/cpu_set.h"
#include "os/descriptor_limit.h"

namespace {

using namespace threadmill::load::reference;
using threadmill::os::monotonic_ns;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kBadArguments = 2;

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kLongestStallNs = 10 * kSecondNs;
constexpr std::int64_t kLongestPeriodNs = 3600 * kSecondNs;
constexpr std::int64_t kShortestPeriodNs = kSecondNs / 10;
/// A look at standard input costs a system call, which a reply might have to wait for.
constexpr std::int64_t kLookEveryNs = 1'000'000;

constexpr const char* kCommands = R"(Commands, one a line on standard input:

  report START_NS END_NS   a line of JSON about the requests that arrived in that time of CLOCK_MONOTONIC
  end                      a last line of JSON about all requests, then exit; so do the end of the input, SIGTERM,
                           SIGINT and --max-seconds

Distributions of service times:

  none   constant:500us   exponential:1ms   bimodal:300us,5ms,1% (1% of the requests take 5 ms))";

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

struct Arguments {
  std::string service = "none";
  std::string stall;
  std::string stall_every;
  int cpu = -1;
  std::int64_t max_seconds = 120;
  ReferenceOptions options;
};

void add_options(CLI::App& app, Arguments& arguments) {
  auto& options = arguments.options;
  app.add_option("--service", arguments.service, "Service times of the requests, see below")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Of the service times")->capture_default_str();
  app.add_option("--message-bytes", options.message_bytes, "Length of every message")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  auto* stall = app.add_option("--stall", arguments.stall, "Send nothing for so long, as in 200ms ...");
  auto* every =
      app.add_option("--stall-every", arguments.stall_every, "... each time so much has passed: 5s");
  stall->needs(every);
  every->needs(stall);
  app.add_option("--port", options.port, "Port of 127.0.0.1; 0 takes a free one")->capture_default_str();
  app.add_option("--cpu", arguments.cpu, "Run on this CPU, which should do nothing else: it never sleeps")
      ->check(CLI::Range(0, 65535));
  app.add_option("--max-seconds", arguments.max_seconds, "End after so long in any case")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  app.add_option("--max-connections", options.max_connections, "More are closed at once")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--max-requests", options.max_requests, "Requests to keep timestamps of, 24 bytes each")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
}

/// Runs `parse`; its failure becomes one of `flag`.
template <typename Parse>
auto of_flag(const char* flag, Parse parse) {
  try {
    return parse();
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("{}: {}", flag, error.what()));
  }
}

void resolve_stalls(Arguments& arguments) {
  if (arguments.stall.empty()) return;
  auto& options = arguments.options;
  options.stall_ns = of_flag("--stall", [&] { return parse_duration_ns(arguments.stall, kLongestStallNs); });
  options.stall_every_ns =
      of_flag("--stall-every", [&] { return parse_duration_ns(arguments.stall_every, kLongestPeriodNs); });
  if (options.stall_ns == 0 || options.stall_every_ns <= options.stall_ns ||
      options.stall_every_ns < kShortestPeriodNs) {
    throw std::invalid_argument(
        "--stall must be longer than 0 and shorter than --stall-every, that at least 100ms");
  }
}

void print_line(const nlohmann::ordered_json& line) {
  fmt::print("{}\n", line.dump());
  std::fflush(stdout);
}

std::optional<std::pair<std::int64_t, std::int64_t>> parse_report_command(std::string_view line) {
  constexpr std::string_view kVerb = "report ";
  if (!line.starts_with(kVerb)) return std::nullopt;
  const char* const end = line.data() + line.size();
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
  const auto first = std::from_chars(line.data() + kVerb.size(), end, start_ns);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ' ') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, end_ns);
  if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
  return std::pair(start_ns, end_ns);
}

/// False: this was the end.
bool obey(const std::string& line, const ReferenceServer& server) {
  if (line == "end") return false;
  if (const auto window = parse_report_command(line)) {
    print_line(to_json(server.report(window->first, window->second)));
  } else {
    print_line({{"error", fmt::format("'{}' is no command; there are: report START_NS END_NS, end", line)}});
  }
  return true;
}

bool obey_all(CommandInput& input, const ReferenceServer& server) {
  input.look();
  while (const auto line = input.next_line()) {
    if (!obey(*line, server)) return false;
  }
  return !input.at_end();
}

void serve_until_end(ReferenceServer& server, std::int64_t deadline_ns) {
  CommandInput input(0);
  std::int64_t next_look_ns = 0;
  while (!stop_requested.load(std::memory_order_relaxed)) {
    server.turn();
    const std::int64_t now_ns = monotonic_ns();
    if (now_ns >= deadline_ns) return;
    if (now_ns < next_look_ns) continue;
    if (!obey_all(input, server)) return;
    next_look_ns = now_ns + kLookEveryNs;
  }
}

int run(Arguments& arguments) {
  auto& options = arguments.options;
  options.service = of_flag("--service", [&] { return parse_service_times(arguments.service); });
  resolve_stalls(arguments);
  if (arguments.cpu >= 0) threadmill::os::pin_this_thread({arguments.cpu});
  threadmill::os::raise_descriptor_limit();
  ReferenceServer server(options);
  print_line({{"port", server.port()}, {"service", to_string(options.service)}, {"seed", options.seed}});
  serve_until_end(server, monotonic_ns() + arguments.max_seconds * kSecondNs);
  print_line(to_json(server.report(0, std::numeric_limits<std::int64_t>::max())));
  return kDone;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Answers each message with itself after a known time, and reports the latency that the kernel's "
      "timestamps\n"
      "show. Prints a JSON line with its port when it is ready.",
      "threadmill-reference");
  Arguments arguments;
  add_options(app, arguments);
  app.footer(kCommands);
  app.set_version_flag("--version", "threadmill-reference " THREADMILL_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kBadArguments;
  }
  std::signal(SIGTERM, [](int) { stop_requested = true; });
  std::signal(SIGINT, [](int) { stop_requested = true; });
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(arguments);
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "threadmill-reference: {}\n", error.what());
    return kBadArguments;
  } catch (const std::exception& error) {
    fmt::print(stderr, "threadmill-reference: {}\n", error.what());
    return kFailed;
  }
}
