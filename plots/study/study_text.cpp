#include "plots/study/study_text.h"

#include <fmt/format.h>

#include "plots/study/study_words.h"
#include "plots/text/text.h"
#include "results/study/judgement.h"

namespace threadmill::plots {
namespace {

TextColour outcome_colour(results::ClaimOutcome outcome) {
  switch (outcome) {
    case results::ClaimOutcome::confirmed:
      return TextColour::green;
    case results::ClaimOutcome::refuted:
      return TextColour::red;
    case results::ClaimOutcome::not_decided:
      break;
  }
  return TextColour::yellow;
}

std::string claim_lines(const results::ClaimJudgement& claim, const TerminalLook& look) {
  const std::string lines =
      wrapped(fmt::format("{}: {}", results::claim_outcome_name(claim.outcome), plain(claim.claim.text, 400)),
              "  ", look.columns);
  return (look.colours ? coloured_lines(lines, outcome_colour(claim.outcome)) : lines) +
         wrapped(evidence_sentence(claim) + ".", "      ", look.columns);
}

}  // namespace

std::string study_text(const results::Comparison& comparison, const TerminalLook& look) {
  std::string text;
  for (const results::StudyJudgement& judgement : results::judge_studies(comparison)) {
    const std::string run =
        comparison.runs.size() > 1 ? "; " + plain(comparison.runs[judgement.run].label, 30) : "";
    text += wrapped(fmt::format("{} ({}{})", study_title(judgement), plain(judgement.study.source.id), run),
                    "", look.columns);
    for (const results::ClaimJudgement& claim : judgement.claims) text += claim_lines(claim, look);
    const std::string absent = absent_peers_sentence(judgement);
    text +=
        wrapped(tally_sentence(judgement) + (absent.empty() ? "" : " " + absent), "  ", look.columns) + "\n";
  }
  return text;
}

}  // namespace threadmill::plots
