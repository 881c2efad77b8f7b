#include "harness/trial/load_run.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "harness/process/child_process.h"
#include "harness/trial/job_words.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;

// Beyond what the plan itself takes. The generator has limits of its own, and tells more when it is those
// that end it.
constexpr std::chrono::seconds kPatience{60};
// For it to end when it has said all, or has closed its output.
constexpr std::chrono::seconds kEnding{5};

std::chrono::milliseconds time_limit(const json& plan) {
  const auto& stop = plan.at("stop");
  const double planned_s = stop.value("duration_s", 0.0) + stop.value("warmup_s", 0.0);
  return std::chrono::milliseconds(static_cast<std::int64_t>(planned_s * 1000)) + kPatience;
}

// Counts that are not zero, as "3 reset, 1 timeout".
std::string nonzero(const json& report, const char* group) {
  std::vector<std::string> parts;
  const auto counts = report.find(group);
  if (counts == report.end()) return {};
  for (const auto& [kind, count] : counts->items()) {
    if (count != 0) parts.push_back(fmt::format("{} {}", count.dump(), kind));
  }
  return parts.empty() ? std::string{} : fmt::format("{}: {}", group, fmt::join(parts, ", "));
}

// Clients, publishers and subscribers.
std::size_t measured_connections(const json& load) {
  const auto count = [&](const char* key) { return load.value(key, std::size_t{0}); };
  auto connections = count("connections") + count("publishers") + count("subscribers") + 2 * count("members");
  if (!load.contains("subscribers") && !load.contains("members")) {
    for (const auto& room : load.value("room_sizes", json::array())) connections += room.get<std::size_t>();
  }
  return connections;
}

// One for each CPU, but no thread without a connection, and no more than the generator takes; where messages
// are followed singly, one.
std::size_t threads_for(const json& load, std::size_t cpus) {
  if (load.value("driver", "") == "pubsub" && load.value("lost_clients", "fail") == "return") return 1;
  constexpr std::size_t most = 256;
  return std::max<std::size_t>(1, std::min({cpus, measured_connections(load), most}));
}

}  // namespace

LoadLine parse_load_line(const std::string& line, const std::string& stage) {
  auto parsed = json::parse(line, nullptr, false);
  if (!parsed.is_object()) {
    throw TrialFailure(stage, "threadmill-load printed what is no JSON object: " + line.substr(0, 200));
  }
  const auto gate = parsed.find("gate");
  if (gate == parsed.end()) return {std::nullopt, std::move(parsed)};
  if (!gate->is_string()) {
    throw TrialFailure(stage, "threadmill-load printed a gate without a name: " + line.substr(0, 200));
  }
  return {gate->get<std::string>(), json()};
}

json plan_for(const json& load, std::uint16_t port, const os::CpuSet& cpus, std::uint64_t seed,
              const std::string& address) {
  json plan = load;
  plan["target"] = {{"address", address}, {"port", port}};
  plan["cpus"] = cpus;
  if (!plan.contains("seed")) plan["seed"] = seed;
  if (!plan.contains("threads")) plan["threads"] = threads_for(plan, cpus.size());
  return plan;
}

std::size_t connections_of(const json& load) {
  auto connections = measured_connections(load);
  const auto bystanders = load.value("bystanders", json::object());
  for (const char* kind : {"idle", "slow_readers", "half_open", "crashers"}) {
    connections += bystanders.value(kind, std::size_t{0});
  }
  return connections;
}

json verification_plan(const json& plan, std::chrono::seconds patience) {
  json small = plan;
  // What is verified are answers, not when they are asked for: a rate needs a time, a few messages need none.
  for (const char* key : {"arrivals", "messages_per_connection", "connects_in_flight", "bystanders",
                          "room_sizes", "members", "lost_clients", "absence"}) {
    small.erase(key);
  }
  if (plan.at("driver") == "pubsub") {
    small["publishers"] = 1;
    small["subscribers"] = 2;
    small["topics"] = 1;
  } else {
    small["connections"] = 2;
  }
  small["threads"] = 1;
  small["stop"] = {{"messages", 5}};
  small["measure_from"] = "connected";
  small["timeouts"] = {{"connect_s", patience.count()}, {"stall_s", patience.count()}};
  return small;
}

json run_load(EventLoop& loop, const LoadRun& run, const json& plan, WatchedServer& server) {
  ChildCommand command;
  command.argv = run.command;
  command.argv.emplace_back("--gates");
  command.cpus = run.cpus;
  command.network_namespace = run.network_namespace;
  command.with_stdin = true;
  ChildProcess generator(loop, command);
  generator.send_line(plan.dump());
  const auto deadline = EventLoop::Clock::now() + time_limit(plan);
  auto& lines = generator.lines();
  while (true) {
    const auto is_lost = [&] { return !run.outlives_server && server.has_exited(); };
    loop.wait_until([&] { return lines.has_line() || lines.at_end() || is_lost(); }, deadline);
    if (is_lost()) throw TrialFailure(run.stage, server.describe_exit() + " in mid-trial");
    const auto line = lines.next();
    if (!line && lines.at_end()) {
      loop.wait_for([&] { return generator.exit().has_value(); }, kEnding);
      throw TrialFailure(run.stage,
                         fmt::format("threadmill-load gave no report: it {}; its last words: {}",
                                     generator.exit() ? generator.exit()->describe() : "closed its output",
                                     job_words(generator.stderr_tail())));
    }
    if (!line) {
      throw TrialFailure(
          run.stage,
          fmt::format("threadmill-load did not end within {} s, which is its plan's stop and {} s more: this "
                      "machine may be overloaded, so run less beside it; or send fewer messages (stop)",
                      std::chrono::duration_cast<std::chrono::seconds>(time_limit(plan)).count(),
                      kPatience.count()));
    }
    auto parsed = parse_load_line(*line, run.stage);
    if (!parsed.gate) {
      // Processes elsewhere are ended by whoever started them, who must not be killed before.
      loop.wait_for([&] { return generator.exit().has_value(); }, kEnding);
      return std::move(parsed.report);
    }
    if (run.on_gate) run.on_gate(*parsed.gate, generator.pid());
    server.trim_stderr();
    generator.send_line("go");
  }
}

std::string complaints(const json& report) {
  if (const auto outcome = report.find("outcome"); outcome == report.end() || *outcome != "complete") {
    return "incomplete: " + (report.contains("failure") && report["failure"].is_string()
                                 ? report["failure"].get<std::string>()
                                 : std::string("threadmill-load gives no reason"));
  }
  const auto errors = nonzero(report, "errors");
  const auto integrity = nonzero(report, "integrity");
  return errors + (errors.empty() || integrity.empty() ? "" : "; ") + integrity;
}

}  // namespace threadmill::harness
