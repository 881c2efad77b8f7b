// kill -9 of a RabbitMQ broker, or of a reader of the group chat, under load, many times: whether anything
// that was confirmed is lost, and anything is read twice. How long each takes to go on.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>

#include "tests/groupchat/kill_rounds.h"

namespace {

using namespace threadmill::groupchat;
using threadmill::harness::PrivateBroker;

struct Arguments {
  std::uint32_t rounds = 20;
  KillPlan plan;
};

void tell(std::size_t number, const KillRound& round) {
  if (round.victim == Victim::reader) {
    fmt::print("round {:2}: reader killed, reads again after {} ms\n", number, round.gap.count());
  } else {
    fmt::print("round {:2}: broker killed, back after {} ms, confirms again after {} ms\n", number,
               round.broker_start.count(), round.gap.count());
  }
  std::fflush(stdout);
}

void print_gaps(const KillReport& report, Victim victim, const char* name) {
  std::vector<std::int64_t> gaps_ms;
  for (const auto& round : report.rounds) {
    if (round.victim == victim) gaps_ms.push_back(round.gap.count());
  }
  if (gaps_ms.empty()) return;
  std::ranges::sort(gaps_ms);
  fmt::print("  gap after a kill of the {}: median {} ms, longest {} ms, {} rounds\n", name,
             gaps_ms[gaps_ms.size() / 2], gaps_ms.back(), gaps_ms.size());
}

/// Whether all was as promised.
bool print_report(const KillReport& report) {
  fmt::print("\n  confirmed: {} messages, to be read {} times by their readers\n", report.confirmed,
             report.to_be_read);
  fmt::print("  lost: {}\n  read twice: {}\n  read and never sent: {}\n", report.missing, report.read_twice,
             report.foreign);
  fmt::print("  sent again by the sender: {}; came again to a reader, and were left out: {}\n",
             report.published_again, report.came_again);
  fmt::print("  refused or for nobody: {}; dead letters: {}\n", report.not_taken, report.dead_letters);
  print_gaps(report, Victim::broker, "broker");
  print_gaps(report, Victim::reader, "reader");
  return report.missing + report.read_twice + report.foreign + report.not_taken + report.dead_letters == 0;
}

int run(Arguments arguments) {
  if (const auto missing = PrivateBroker::missing(); !missing.empty()) {
    fmt::print(stderr, "durable-kills: not installed: {}\n", missing);
    return 1;
  }
  for (std::uint32_t i = 0; i < arguments.rounds; ++i) {
    arguments.plan.rounds.push_back(i % 2 == 0 ? Victim::broker : Victim::reader);
  }
  PrivateBroker broker({.small = true});
  broker.start();
  fmt::print("a broker of our own, first start: {} ms\n", broker.start_time().count());
  std::size_t number = 0;
  const auto report =
      kill_under_load(broker, arguments.plan, [&](const KillRound& round) { tell(++number, round); });
  return print_report(report) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Kills a broker and readers of the durable group chat, in turn, under load.", "durable-kills");
  app.add_option("--rounds", arguments.rounds, "Kills: the broker, a reader, the broker, ...")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--readers", arguments.plan.readers, "Members of the group")
      ->capture_default_str()
      ->check(CLI::Range(1, 20));
  app.add_option("--rate", arguments.plan.messages_per_s, "Messages a second, every other one to the group")
      ->capture_default_str()
      ->check(CLI::Range(1, 2000));
  app.add_option("--seed", arguments.plan.seed, "Of the moments, and of which reader")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return run(arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "durable-kills: {}\n", error.what());
    return 1;
  }
}
