#pragma once
// A study's judgement in words that the report and the terminal share.

#include <string>

#include "results/study/judgement.h"

namespace threadmill::plots {

/// What was asked and the numbers that decide, as plain text without control characters: "requests_per_s,
/// epoll / thread: light-100x10 1.65× (1.60× to 1.71×, 8 repeats)".
std::string evidence_sentence(const results::ClaimJudgement& judgement);

/// "Study: Three concurrent servers", as plain text.
std::string study_title(const results::StudyJudgement& judgement);

/// "3 confirmed, 1 refuted, 2 not decided."
std::string tally_sentence(const results::StudyJudgement& judgement);

/// What decides a claim, and how often chance does.
std::string deciding_paragraph(const results::StudyJudgement& judgement);

/// "Not measured on this machine: node, python."; "" where no peer is absent.
std::string absent_peers_sentence(const results::StudyJudgement& judgement);

}  // namespace threadmill::plots
