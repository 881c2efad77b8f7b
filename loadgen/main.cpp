// threadmill-load: a load plan on stdin, a load report on stdout.

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "loadgen/capacity.h"
#include "loadgen/gates.h"
#include "loadgen/hdr_log.h"
#include "loadgen/plan_input.h"
#include "loadgen/pubsub_protocol.h"
#include "loadgen/record_file.h"
#include "loadgen/report.h"
#include "loadgen/run.h"
#include "os/clock.h"

namespace {

namespace load = threadmill::load;

constexpr const char* kExample =
    R"(Two plans, for an echo server on port 7000 and a chat server on port 6380 (CONTRIBUTING.md tells every key):

  {"target": {"address": "127.0.0.1", "port": 7000}, "driver": "echo",
   "connections": 100, "message_bytes": 64, "stop": {"duration_s": 2, "warmup_s": 0.5}}

  {"target": {"address": "127.0.0.1", "port": 6380}, "driver": "pubsub",
   "publishers": 4, "subscribers": 50, "message_bytes": 64, "window": 32, "stop": {"messages": 1000}})";

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kBadPlan = 2;

struct Options {
  bool gates = false;
  std::string hdr_log;  // a file; empty: none
  std::string record;   // the same
};

/// Opened before the run, so that a name that cannot be written costs no measurement.
std::ofstream open_hdr_log(const std::string& file) {
  std::ofstream out(file);
  if (!out)
    throw load::PlanError("--hdr-log " + file + ": cannot be written; choose a file in a folder that can");
  return out;
}

/// Opened before the run, too. Null where none is asked for.
std::unique_ptr<load::RecordFile> open_record(const std::string& file, const load::Plan& plan) {
  if (file.empty()) return nullptr;
  if (!plan.is_pubsub() || !load::is_text_only(plan.pubsub.protocol)) {
    throw load::PlanError(
        "--record goes with plans whose messages are text: driver \"pubsub\" with the protocol \"rooms\" or "
        "\"sse\"");
  }
  try {
    return std::make_unique<load::RecordFile>(file);
  } catch (const std::runtime_error& error) {
    throw load::PlanError(std::string("--record ") + error.what());
  }
}

/// The seconds of the window as an HdrHistogram log.
void write_hdr_log(std::ofstream& out, const load::LoadReport& report) {
  const std::int64_t realtime_ahead_ns =
      threadmill::os::read_clock_ns(CLOCK_REALTIME) - threadmill::os::monotonic_ns();
  const load::HdrLogWindow window{report.window.start_ns + realtime_ahead_ns,
                                  report.window.end_ns - report.window.start_ns};
  std::vector<load::HdrLogKind> kinds;
  if (report.paced) kinds.push_back({"response", report.paced->series});
  kinds.push_back({"service", report.service_series});
  load::write_hdr_log(out, window, kinds);
  if (!out.flush())
    throw std::runtime_error("--hdr-log: the file could not be written to its end; is the disk full?");
}

int run(const Options& options) {
  const bool gates = options.gates;
  const load::Plan plan = load::parse_plan_text(load::read_plan_text(std::cin, gates));
  if (const auto shortage = load::shortage(plan, load::read_limits())) {
    throw load::PlanError(*shortage);
  }
  const auto gate = gates ? load::line_gate(std::cin, std::cout) : load::Gate{};
  std::optional<std::ofstream> hdr_log;
  if (!options.hdr_log.empty()) hdr_log = open_hdr_log(options.hdr_log);
  const auto record = open_record(options.record, plan);
  const auto report = run_load(plan, gate, record.get());
  // A server's words in it may be any bytes.
  std::cout << to_json(report).dump(gates ? -1 : 2, ' ', false, nlohmann::json::error_handler_t::replace)
            << '\n'
            << std::flush;
  if (hdr_log) write_hdr_log(*hdr_log, report);
  if (record && !record->whole())
    throw std::runtime_error("--record: the file could not be written to its end; is the disk full?");
  return std::cout ? kDone : kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Loads a server as the plan on stdin says (JSON), checks every answer, and writes one report (JSON) to "
      "stdout.\n"
      "The exit code is 0 also when the server failed: see \"outcome\" and \"failure\" in the report. 2: bad "
      "plan.",
      "threadmill-load");
  app.footer(kExample);
  Options options;
  app.add_option("--hdr-log", options.hdr_log,
                 "Also write the latencies of each second as an HdrHistogram log (V2 compressed), tagged "
                 "service and, "
                 "where a schedule says when to send, response")
      ->type_name("FILE");
  app.add_option("--record", options.record,
                 "Also write each message of the publishers, and that it was confirmed, as a line: sent "
                 "PUBLISHER SEQUENCE TEXT, "
                 "confirmed PUBLISHER SEQUENCE (protocols rooms and sse)")
      ->type_name("FILE");
  app.add_flag(
      "--gates", options.gates,
      "The plan is the first line of stdin; between phases print {\"gate\":NAME} and wait for a line");
  app.set_version_flag("--version", "threadmill-load " THREADMILL_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kBadPlan;
  }
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is a failed write
  std::ios::sync_with_stdio(false);
  try {
    return run(options);
  } catch (const load::PlanError& error) {
    std::cerr << "threadmill-load: " << error.what() << '\n';
    return kBadPlan;
  } catch (const std::exception& error) {
    std::cerr << "threadmill-load: " << error.what() << '\n';
    return kFailed;
  }
}
