#include "plots/words/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "results/comparison/winner.h"

namespace threadmill::plots {
namespace {

using results::Verdict;

/// "at least ", "at most " or "".
std::string_view bound_words(results::Hidden hidden) {
  if (hidden == results::Hidden::more) return "at least ";
  return hidden == results::Hidden::less ? "at most " : "";
}

std::string lead(const results::ScenarioComparison& scenario, const Verdict& verdict) {
  const std::string& run = verdict.leader;
  for (const results::Row& row : scenario.rows) {
    if (row.run == verdict.run && row.subject == run && row.spreads[scenario.main_metric]) {
      return fmt::format("{}{} {}", bound_words(results::hidden_of(row, scenario.main_metric)),
                         number(row.spreads[scenario.main_metric]->median), main_unit(scenario));
    }
  }
  return main_unit(scenario);
}

std::string names(const std::vector<std::string>& subjects) {
  std::vector<std::string> shown;
  for (const std::string& subject : subjects) shown.push_back(plain(subject));
  return fmt::format("{}", fmt::join(shown, ", "));
}

std::string held_back_words(const Verdict& verdict) {
  return "the load generator held " + names(verdict.held_back) + " back";
}

/// "all 4", or "11 of 12".
std::string repeats_ahead(const Verdict& verdict) {
  const std::size_t all = verdict.ratio->count;
  return verdict.repeats_ahead == all ? fmt::format("all {}", all)
                                      : fmt::format("{} of {}", verdict.repeats_ahead, all);
}

std::string times(const results::Spread& spread) {
  return fmt::format("{} ({} to {})", ratio(spread.median), ratio(spread.min), ratio(spread.max));
}

/// Whether an option says where results go or how they are shown.
bool is_about_output(const std::string& argument) {
  constexpr std::string_view options[] = {"--out", "--no-report", "--json", "--no-color"};
  return std::find(std::begin(options), std::end(options), argument) != std::end(options);
}

}  // namespace

std::string main_unit(const results::ScenarioComparison& scenario) {
  return scenario.pubsub ? "deliveries/s" : "requests/s";
}

std::string report_title(const results::Comparison& comparison) {
  if (comparison.scenarios.size() == 1) return "Threadmill: " + plain(comparison.scenarios.front().title);
  if (comparison.scenarios.empty() && comparison.sweeps.size() == 1)
    return "Threadmill: the capacity of servers in " + plain(comparison.sweeps.front().of);
  return fmt::format("Threadmill: servers compared in {}", counted(comparison.scenarios.size(), "scenario"));
}

std::string verdict_sentence(const results::ScenarioComparison& scenario, const Verdict& verdict) {
  const std::string leader = plain(verdict.leader), second = plain(verdict.runner_up);
  switch (verdict.kind) {
    case Verdict::Kind::nothing_to_compare:
      return leader.empty() ? "nothing to compare: no cell is valid"
                            : fmt::format("nothing to compare {} ({}) with: no other model has a valid cell",
                                          leader, lead(scenario, verdict));
    case Verdict::Kind::too_few_repeats:
      return fmt::format(
          "{} is ahead with {}, but it takes {} valid repeats of each to tell a difference from noise",
          leader, lead(scenario, verdict), results::fewest_pairs);
    case Verdict::Kind::too_close:
      return fmt::format(
          "too close to call: {} has the highest median ({}), but is not clearly faster than {}{}", leader,
          lead(scenario, verdict), names(verdict.not_beaten),
          verdict.held_back.empty() ? "" : "; " + held_back_words(verdict));
    case Verdict::Kind::held_back:
      return fmt::format(
          "cannot be told: {}, which could do more than its figure; {} has the highest median ({})",
          held_back_words(verdict), leader, lead(scenario, verdict));
    case Verdict::Kind::winner:
      return fmt::format("{} wins with {}: {}{} the runner-up {}, ahead in {} repeats", leader,
                         lead(scenario, verdict), bound_words(verdict.ratio_hidden), times(*verdict.ratio),
                         second, repeats_ahead(verdict));
  }
  return {};
}

std::string no_verdict_sentence(const results::ScenarioComparison& scenario) {
  return scenario.rows.empty() ? "no trials"
                               : "the rate is set, so nobody wins by it; compare latency and CPU time below";
}

std::string what_winning_means() {
  return "Figures are medians over the valid repeats. A server wins only when it is ahead in every repeat "
         "or, "
         "with six and more, when the 95 % interval of the ratio lies on its side; otherwise it is too close "
         "to call, or cannot be told where the load generator held a rival back. Two equally fast servers "
         "would look like that by chance once in 4 times with 3 repeats, 8 with 4, 16 with 5, and 20 with "
         "more. A ceiling does not compete.";
}

std::string share_of_leader_text(const Verdict& verdict, const results::Place& place) {
  const bool is_open =
      place.hidden == results::Hidden::nothing && results::is_undecided(verdict, place.subject);
  return fmt::format("{}{}", is_open ? "≈ " : bound_mark(place.hidden), share(place.share));
}

std::string ranking_sentence(const results::Verdict& verdict) {
  std::vector<std::string> places;
  for (const results::Place& place : verdict.ranking)
    places.push_back(fmt::format("{} {}", plain(place.subject), share_of_leader_text(verdict, place)));
  return places.size() < 2 ? ""
                           : fmt::format("Repeat by repeat, as shares of {}: {}.", plain(verdict.leader),
                                         fmt::join(places, ", "));
}

std::string left_out_sentence(const results::Verdict& verdict) {
  return verdict.left_out.empty() ? ""
                                  : fmt::format("Left out, because invalid: {}.", names(verdict.left_out));
}

std::string trials_cell(const results::Row& row) {
  return fmt::format("{} of {}", row.valid, row.trials.size());
}

std::string counts_text(const results::Counts& counts) {
  std::string text;
  for (const auto& [kind, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", whole(static_cast<double>(count)), plain(kind));
  }
  return text.empty() ? "none" : text;
}

bool messages_are_followed(const results::Comparison& comparison) {
  for (const auto& scenario : comparison.scenarios) {
    for (const results::Row& row : scenario.rows)
      if (row.spreads[results::Metric::messages_lost]) return true;
  }
  return false;
}

std::string integrity_sentence(const results::Comparison& comparison) {
  results::Counts errors, integrity;
  std::size_t trials = 0, invalid = 0;
  for (const results::Run& run : comparison.runs) {
    trials += run.trials;
    invalid += run.invalid_trials;
  }
  for (const auto& scenario : comparison.scenarios) {
    for (const results::Row& row : scenario.rows) {
      for (const auto& [kind, count] : row.errors) errors[kind] += count;
      for (const auto& [kind, count] : row.integrity) integrity[kind] += count;
    }
  }
  for (const auto& sweep : comparison.sweeps) {
    for (const results::SweepRow& row : sweep.rows) {
      for (const results::Probe& probe : row.probes) {
        for (const auto& [kind, count] : probe.trial.errors) errors[kind] += count;
        for (const auto& [kind, count] : probe.trial.integrity) integrity[kind] += count;
      }
    }
  }
  return fmt::format(
      "{} of {} {} valid. Errors: {}. Messages corrupt, lost, repeated, reordered or "
      "misdelivered: {}{}.",
      trials - invalid, counted(trials, "trial"), trials == 1 ? "is" : "are", counts_text(errors),
      counts_text(integrity),
      messages_are_followed(comparison) ? ", but for what a fault or an absence did, which has tables" : "");
}

std::string disturbed_sentence(const results::Comparison& comparison) {
  std::size_t trials = 0, disturbed = 0;
  for (const results::Run& run : comparison.runs) {
    trials += run.trials;
    disturbed += run.disturbed_trials;
  }
  if (disturbed == 0) return {};
  return fmt::format("Disturbed by what else the machine did: {} of {}.", disturbed,
                     counted(trials, "trial"));
}

std::string instrument_sentence(const results::Comparison& comparison) {
  std::string text;
  for (const results::Run& run : comparison.runs) {
    if (run.instrument_problem.empty()) continue;
    text += fmt::format(
        "{}Do not trust the latencies of {}: the self-test of the load generator before it says that {}.",
        text.empty() ? "" : " ", plain(run.file), run.instrument_problem);
  }
  return text;
}

std::string repeat_command(const results::Run& run) {
  std::string command = "./threadmill";
  bool has_seed = false;
  for (std::size_t i = 0; i < run.arguments.size(); ++i) {
    const std::string& argument = run.arguments[i];
    if (argument == "--out") ++i;  // its value too: a result file is never overwritten
    if (argument.starts_with("--out=") || is_about_output(argument)) continue;
    has_seed = has_seed || argument == "--seed" || argument.starts_with("--seed=");
    command += " " + shell_word(argument);
  }
  return has_seed ? command : command + fmt::format(" --seed {}", run.seed);
}

}  // namespace threadmill::plots
