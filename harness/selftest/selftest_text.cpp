#include <fmt/format.h>

#include "harness/selftest/selftest.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;

double us(const json& ns) { return ns.get<double>() / 1e3; }

std::string rate(const json& value) {
  return value.is_string() ? value.get<std::string>() : fmt::format("{:.0f}", value.get<double>());
}

/// "500.1 +3.2" for each percentile: what was true, and how far the report was off; "!" where that is too
/// far.
std::string truth_cells(const json& rows) {
  std::string cells;
  for (const auto& row : rows) {
    const std::string cell = fmt::format("{:.0f} {:+.0f}{}", us(row.at("true_ns")), us(row.at("error_ns")),
                                         row.at("agrees").get<bool>() ? "" : "!");
    cells += fmt::format("{:>16}", cell);
  }
  return cells;
}

std::string truth_table(const json& cases) {
  std::string text =
      "Response time, us: what the kernel's timestamps of the same requests say, and how far the report is "
      "off\n"
      "(median of the slices; ! : by more than 25 us and 2 %). taken: the largest part of a slice in which "
      "others\n"
      "had the generator's CPU; what that makes late is in its reports too.\n\n";
  text += fmt::format("  {:<22}{:>11}  {:<7}{:>16}{:>16}{:>16}{:>12}{:>9}\n", "service time", "requests/s",
                      "waits by", "p50", "p99", "p99.9", "slip p99", "taken");
  for (const auto& test : cases) {
    text += fmt::format("  {:<22}{:>11}  {:<7} {}{:>12.0f}{:>7.1f} %\n",
                        test.at("service").get<std::string>(), rate(test.at("rate_per_s")),
                        test.at("wait").get<std::string>(), truth_cells(test.at("response_time")),
                        us(test.at("slip_p99_ns")), 100 * test.at("most_starved").get<double>());
  }
  return text;
}

std::string ceiling_lines(const json& ceilings) {
  std::string text = "\nCeiling on one CPU, 100 connections, 64 bytes, every answer checked:\n";
  for (const auto& ceiling : ceilings) {
    text += fmt::format(
        "  {:>2} in flight each: {:.0f} requests/s against a bare loop; {:.2f} CPU-us a request "
        "({:.0f} requests/s if the server were free)\n",
        ceiling.at("pipeline").get<int>(), ceiling.at("requests_per_s").get<double>(),
        ceiling.at("generator_cpu_us_per_request").get<double>(),
        ceiling.at("one_cpu_requests_per_s").get<double>());
  }
  return text;
}

std::string resolution_lines(const json& resolution) {
  const auto& median = resolution.at("service_time").at(0);
  return fmt::format(
      "\nSmallest latency: an answer at once takes {:.1f} us at the median, of which {:.1f} us on the wire "
      "and in the "
      "server; the least seen {:.1f} us\n",
      us(median.at("reported_ns")), us(median.at("true_ns")), us(resolution.at("least_ns")));
}

std::string loopback_line(const json& loopback) {
  return fmt::format(
      "\nLoopback: one connection copies {:.2f} GB/s in pieces of {} KiB, from the server's CPU to the "
      "generator's; the kernel's "
      "part alone\n",
      loopback.at("bytes_per_s").get<double>() / 1e9, loopback.at("piece_bytes").get<int>() / 1024);
}

std::string stall_lines(const json& stall) {
  std::string text = "\nA server that stops for 200 ms every 5 s, 1000 requests/s on 10 connections, ms:\n";
  for (const auto& row : stall.at("percentiles")) {
    text += fmt::format("  p{:<5} by arithmetic {:>6.1f}   response time {:>6.1f}   service time {:>6.1f}\n",
                        row.at("percentile").get<double>(), us(row.at("expected_ns")) / 1e3,
                        us(row.at("response_ns")) / 1e3, us(row.at("service_ns")) / 1e3);
  }
  return text;
}

}  // namespace

std::string selftest_text(const json& selftest) {
  std::string text = truth_table(selftest.at("truth")) + ceiling_lines(selftest.at("ceiling")) +
                     resolution_lines(selftest.at("resolution"));
  if (selftest.contains("loopback")) text += loopback_line(selftest["loopback"]);
  if (selftest.contains("stall")) text += stall_lines(selftest["stall"]);
  return text;
}

}  // namespace threadmill::harness
