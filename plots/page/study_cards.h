#pragma once
// The answers to sources' own experiments, as the page's summary has them.

#include <string>

#include "results/study/judgement.h"

namespace threadmill::plots {

/// A card for each study: its claims, each with what became of it. It leads to the element "study-N", N from
/// 0. "" where there is none.
std::string study_cards(const std::vector<results::StudyJudgement>& judgements);

}  // namespace threadmill::plots
