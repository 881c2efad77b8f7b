#include "plots/study/study_text.h"

#include <fmt/format.h>

#include "plots/study/study_words.h"
#include "plots/text/terminal_parts.h"
#include "plots/text/text.h"
#include "results/study/judgement.h"

namespace threadmill::plots {

std::string study_text(const results::Comparison& comparison) {
  std::string text;
  for (const results::StudyJudgement& judgement : results::judge_studies(comparison)) {
    text += wrapped(
        fmt::format("Study: {} ({})", plain(judgement.study.title, 120), plain(judgement.study.source.id)),
        "");
    for (const results::ClaimJudgement& claim : judgement.claims) {
      text += wrapped(
          fmt::format("{}: {}", results::claim_outcome_name(claim.outcome), plain(claim.claim.text, 400)),
          "  ");
      text += wrapped(evidence_sentence(claim) + ".", "      ");
    }
    const std::string absent = absent_peers_sentence(judgement);
    text += wrapped(tally_sentence(judgement) + (absent.empty() ? "" : " " + absent), "  ") + "\n";
  }
  return text;
}

}  // namespace threadmill::plots
