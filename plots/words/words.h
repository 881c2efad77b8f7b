#pragma once
// What the Markdown report and the terminal table both say, in the same words.

#include <optional>
#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// "requests/s" or "deliveries/s".
std::string main_unit(const results::ScenarioComparison& scenario);

/// What a report of this comparison is called, as plain text.
std::string report_title(const results::Comparison& comparison);

/// The verdict as one plain sentence: who leads, by how much, or why nobody does.
std::string verdict_sentence(const results::ScenarioComparison& scenario, const results::Verdict& verdict);

/// Why a scenario has no verdict at all, without a full stop.
std::string no_verdict_sentence(const results::ScenarioComparison& scenario);

/// The paragraph that says when a server wins, and how often chance alone looks like that.
std::string what_winning_means();

/// A share in the ranking: "0.34"; "≤ 0.34" where the load generator hid a part; "≈ 1.01" where nobody may
/// say which of the two is faster.
std::string share_of_leader_text(const results::Verdict& verdict, const results::Place& place);

/// Everybody's place: "Repeat by repeat, as shares of epoll: fork ≈ 1.01, epoll 1.00, thread 0.34."; "" for
/// fewer than two.
std::string ranking_sentence(const results::Verdict& verdict);

/// "Left out, because invalid: fork."; "" when every cell of the run took part.
std::string left_out_sentence(const results::Verdict& verdict);

/// "4 of 4" valid trials.
std::string trials_cell(const results::Row& row);

/// Whether publishers and subscribers return in any scenario, so that lost messages are results there.
bool messages_are_followed(const results::Comparison& comparison);

/// Errors and integrity violations of all trials of all scenarios as one sentence.
std::string integrity_sentence(const results::Comparison& comparison);

/// How many trials ran while something else used the machine; "" when none did or no file tells.
std::string disturbed_sentence(const results::Comparison& comparison);

/// Of runs whose load generator was off when it measured itself; "" where none was.
std::string instrument_sentence(const results::Comparison& comparison);

/// "3 corrupt, 1 lost"; "none" when there are no counts.
std::string counts_text(const results::Counts& counts);

/// The command that repeats a run: its arguments without those that say where results go or how they are
/// shown, with the seed that it used.
std::string repeat_command(const results::Run& run);

}  // namespace threadmill::plots
