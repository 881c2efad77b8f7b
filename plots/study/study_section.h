#pragma once
// The answer to a source's own experiment, in the Markdown report.

#include <string>

#include "results/comparison/comparison.h"
#include "results/study/judgement.h"

namespace threadmill::plots {

/// Of one run: the study's question, its claims with what decides them, and the published figures of its
/// scenarios beside ours.
std::string study_section(const results::Comparison& comparison, const results::StudyJudgement& judgement);

/// All of them; "" where no run is of a study.
std::string study_sections(const results::Comparison& comparison);

/// Whether study_section() has the published figures of that scenario already.
bool is_in_a_study(const results::Comparison& comparison, const std::string& scenario);

}  // namespace threadmill::plots
