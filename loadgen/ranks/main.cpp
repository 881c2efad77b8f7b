// threadmill-load-mpi: one load plan, run by all processes of an MPI job; one report.

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/gates.h"
#include "loadgen/plan_input.h"
#include "loadgen/ranks/mpi_world.h"
#include "loadgen/ranks/rank_gates.h"
#include "loadgen/ranks/rank_plan.h"
#include "loadgen/ranks/rank_report.h"

namespace {

namespace load = threadmill::load;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kBadPlan = 2;

constexpr const char* kExample =
    R"(Two processes on two hosts, each with half of the connections and half of the rate:

  mpirun --host a,b threadmill-load-mpi < plan.json)";

/// All ranks find the same fault in a plan, or one finds its machine too small: the first to do so says so.
std::optional<load::Plan> agree_on_plan(load::MpiWorld& world, const std::string& text) {
  std::optional<load::Plan> plan;
  std::string fault;
  try {
    plan = load::plan_for_ranks(load::parse_plan_text(text), world.size());
    const auto range = load::threads_of_rank(*plan, world.rank(), world.size());
    if (const auto shortage = load::shortage_of_rank(*plan, range, load::read_limits()))
      fault = "rank " + std::to_string(world.rank()) + " on " + world.host() + ": " + *shortage;
  } catch (const load::PlanError& error) {
    fault = error.what();
  }
  const std::size_t faulty = world.first_that(!fault.empty());
  if (faulty == world.size()) return plan;
  if (faulty == world.rank()) std::cerr << "threadmill-load-mpi: " << fault << '\n';
  return std::nullopt;
}

load::RankReport run_rank(load::MpiWorld& world, const load::Plan& plan, bool gates) {
  load::RankReport rank;
  rank.host = world.host();
  rank.clock = world.measure_clock();
  const auto inner = gates && world.first() ? load::line_gate(std::cin, std::cout) : load::Gate{};
  load::RankGates rank_gates(world, plan, rank.clock, inner);
  const auto range = load::threads_of_rank(plan, world.rank(), world.size());
  rank.report = load::run_threads(plan, range, [&](std::string_view name) { rank_gates.pass(name); });
  rank_gates.end(!rank.report.complete());
  rank.ended_by = rank_gates.ended_by();
  rank.start_late_ns = rank_gates.late_ns();
  return rank;
}

std::string dump(const nlohmann::json& json, int indent) {
  return json.dump(indent, ' ', false,
                   nlohmann::json::error_handler_t::replace);  // a server's words may be any bytes
}

int run(load::MpiWorld& world, bool gates) {
  const std::string text =
      world.broadcast(world.first() ? load::read_plan_text(std::cin, gates) : std::string());
  const auto plan = agree_on_plan(world, text);
  if (!plan) return kBadPlan;
  const load::RankReport mine = run_rank(world, *plan, gates);
  const auto all = world.gather(dump(to_json(mine), -1));
  if (!world.first()) return kDone;
  std::vector<load::RankReport> ranks;
  for (const auto& rank : all) ranks.push_back(load::rank_report_from_json(nlohmann::json::parse(rank)));
  std::cout << dump(to_json(ranks), gates ? -1 : 2) << '\n' << std::flush;
  return std::cout ? kDone : kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Loads a server as the plan on stdin says (JSON), from all processes of an MPI job together, and "
      "writes one "
      "report (JSON) to\n"
      "stdout, in which \"ranks\" has what each of them says. The plan's threads are those of each process; "
      "its "
      "connections and\n"
      "rate are dealt to all. The exit code is 0 also when the server failed; 2: bad plan.",
      "threadmill-load-mpi");
  app.footer(kExample);
  bool gates = false;
  app.add_flag(
      "--gates", gates,
      "The plan is the first line of stdin; between phases print {\"gate\":NAME} and wait for a line");
  app.set_version_flag("--version", "threadmill-load-mpi " THREADMILL_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kBadPlan;
  }
  std::signal(SIGPIPE, SIG_IGN);
  load::MpiWorld world(argc, argv);
  try {
    return run(world, gates);
  } catch (const std::exception& error) {
    std::cerr << "threadmill-load-mpi: rank " << world.rank() << ": " << error.what() << '\n';
    world.abort(kFailed);
  }
}
