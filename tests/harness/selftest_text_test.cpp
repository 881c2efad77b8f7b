#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "harness/selftest/selftest.h"
#include "tests/support/text_files.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

json row(double percentile, std::int64_t true_ns, std::int64_t error_ns, bool agrees) {
  return {{"percentile", percentile},
          {"true_ns", true_ns},
          {"reported_ns", true_ns + error_ns},
          {"error_ns", error_ns},
          {"agrees", agrees}};
}

json truth_case(const char* service, const json& rate, json rows) {
  return {{"service", service},   {"rate_per_s", rate},
          {"wait", "hybrid"},     {"response_time", std::move(rows)},
          {"slip_p99_ns", 7'400}, {"most_starved", 0.004}};
}

json brief() {
  return {{"truth",
           {truth_case("constant:500us", 1000,
                       {row(50, 500'100, 3'200, true), row(99, 510'000, -1'800, true),
                        row(99.9, 900'000, 140'000, false)})}},
          {"ceiling",
           {{{"pipeline", 16},
             {"requests_per_s", 812'345.6},
             {"generator_cpu_us_per_request", 1.234},
             {"one_cpu_requests_per_s", 810'372.8}}}},
          {"resolution", {{"least_ns", 9'050}, {"service_time", {row(50, 12'000, 3'300, true)}}}}};
}

/// The first line that has `part`.
std::string line_with(const std::string& text, const std::string& part) {
  for (const auto& line : lines_of(text)) {
    if (line.find(part) != std::string::npos) return line;
  }
  return "no line has " + part;
}

TEST(SelftestText, HasTheTruthAndTheErrorInColumns) {
  const std::string text = selftest_text(brief());
  EXPECT_EQ(line_with(text, "service time  "),
            "  service time           requests/s  waits by             p50             p99           p99.9"
            "    slip p99    taken");
  EXPECT_EQ(line_with(text, "constant:500us"),
            "  constant:500us               1000  hybrid            500 +3          510 -2       900 +140!"
            "           7    0.4 %");
}

TEST(SelftestText, TellsWhatTheLoopbackCopiesWhereItIsKnown) {
  EXPECT_THAT(selftest_text(brief()), Not(HasSubstr("Loopback")));
  json measured = brief();
  measured["loopback"] = {{"piece_bytes", 65536}, {"bytes_per_s", 2.345e9}};
  EXPECT_THAT(line_with(selftest_text(measured), "Loopback"), HasSubstr("2.35 GB/s in pieces of 64 KiB"));
}

TEST(SelftestText, MarksOnlyWhatIsTooFarOff) {
  json good = brief();
  good["truth"][0]["response_time"][2]["agrees"] = true;
  EXPECT_THAT(line_with(selftest_text(good), "constant:500us"), Not(HasSubstr("!")));
  good["truth"][0]["response_time"][0]["agrees"] = false;
  EXPECT_THAT(line_with(selftest_text(good), "constant:500us"), HasSubstr(" 500 +3! "));
}

TEST(SelftestText, ARateMayBeText) {
  json ramp = brief();
  ramp["truth"][0]["rate_per_s"] = "1k:5k/2s";
  EXPECT_THAT(line_with(selftest_text(ramp), "constant:500us"), HasSubstr("  1k:5k/2s  hybrid"));
}

TEST(SelftestText, HasTheCeilingAndTheSmallestLatency) {
  const std::string text = selftest_text(brief());
  EXPECT_EQ(
      line_with(text, "in flight each"),
      "  16 in flight each: 812346 requests/s against a bare loop; 1.23 CPU-us a request (810373 requests/s "
      "if the server were free)");
  EXPECT_EQ(
      line_with(text, "Smallest latency"),
      "Smallest latency: an answer at once takes 15.3 us at the median, of which 12.0 us on the wire and in "
      "the server; the least seen 9.1 us");
}

TEST(SelftestText, HasTheStallWhereThereWasOne) {
  EXPECT_THAT(selftest_text(brief()), Not(HasSubstr("by arithmetic")));
  json full = brief();
  full["stall"] = {{"percentiles",
                    {{{"percentile", 99.9},
                      {"expected_ns", 195'000'000},
                      {"response_ns", 195'100'000},
                      {"service_ns", 40'200'000}}}}};
  EXPECT_EQ(line_with(selftest_text(full), "by arithmetic"),
            "  p99.9  by arithmetic  195.0   response time  195.1   service time   40.2");
}

}  // namespace
}  // namespace threadmill::harness
