#pragma once
// What all views of a history say in the same words. Pure functions; names come out of them as plain text.

#include <set>
#include <string>
#include <string_view>

#include "results/history/history.h"

namespace threadmill::plots {

/// The scenario's title, "(load 2)" behind it where others of the same name ran another load; or what a sweep
/// asked, "echo-open: requests/s under p99<5ms". `scenario` is one of the history's.
std::string history_title(const results::History& history, const results::HistoryScenario& scenario);

/// The same with the scenario's name in place of its title, for where room is scarce.
std::string history_name(const results::History& history, const results::HistoryScenario& scenario);

/// What a page calls the scenario at that place of the history; letters, digits and dashes.
std::string scenario_key(std::size_t place);

/// What people call it: "p99 of service time", "capacity".
std::string figure_words(const results::HistoryFigure& figure);

/// The server as charts and tables call it; a ceiling says that it is one.
std::string series_label(const results::HistorySeries& series);

/// A machine as charts and tables call it.
std::string machine_label(const std::string& machine);

/// The models of CPUs, with their kernels, that the runs were made on; each once.
std::set<std::string> machines_of(const results::History& history);

/// In the unit that reads best; "≥ 31,200" or "≤ 1,000" where only a bound is known.
std::string point_value(const results::HistorySeries& series, const results::HistoryPoint& point);

/// "5.60": a level of the series.
std::string level_value(const results::HistorySeries& series, double level);

/// Whether a change is a good one.
enum class Judged { better, worse, neither };
Judged judged(const results::HistorySeries& series, const results::HistoryChange& change);

/// "run 12 (2026-11-21T03:00:00Z, commit 0123abc)".
std::string run_words(const results::History& history, std::size_t run);

/// The commit, shortened, with "+" where there were changes that were not committed; "–" where it is not
/// known.
std::string commit_words(const results::HistoryRun& run);

/// "; the ceiling changed there, too: look for what changed the machine"; "" where it did not.
std::string ceiling_words(const results::HistoryChange& change);

/// "rose by 6.7 %, from 5.25 to 5.60".
std::string movement_words(const results::HistorySeries& series, const results::HistoryChange& change);

/// The same, ", and got worse" behind it where one way is better.
std::string change_words(const results::HistorySeries& series, const results::HistoryChange& change);

/// "+6.7 %".
std::string change_percent(const results::HistoryChange& change);

/// What was sought and how long it takes to find something, as one sentence.
std::string effort_words(const results::History& history);

}  // namespace threadmill::plots
