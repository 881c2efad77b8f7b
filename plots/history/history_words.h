#pragma once
// What all views of a history say in the same words. Pure functions; names come out of them as plain text.

#include <string>

#include "results/history/history.h"

namespace threadmill::plots {

/// The scenario's title; "(load 2)" behind it where others of the same name ran another load.
std::string history_title(const results::History& history, const results::HistoryScenario& scenario);

/// "run 12 (2026-11-21T03:00:00Z, commit 0123abc)".
std::string run_words(const results::History& history, std::size_t run);

/// The commit, shortened, with "+" where there were changes that were not committed; "–" where it is not
/// known.
std::string commit_words(const results::HistoryRun& run);

/// "rose by 6.7 %, from 5.25 to 5.60, and got worse".
std::string change_words(const results::HistorySeries& series, const results::HistoryChange& change);

/// "+6.7 %".
std::string change_percent(const results::HistoryChange& change);

/// What was sought and how long it takes to find something, as one sentence.
std::string effort_words(const results::History& history);

}  // namespace threadmill::plots
