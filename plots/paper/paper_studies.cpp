#include "plots/paper/paper_studies.h"

#include <fmt/format.h>

#include "plots/paper/latex.h"
#include "plots/study/study_words.h"
#include "results/study/judgement.h"

namespace threadmill::plots {
namespace {

std::string claim_item(const results::ClaimJudgement& claim) {
  return fmt::format("  \\item \\emph{{{}}}: {} {{\\small {}.}}\n",
                     results::claim_outcome_name(claim.outcome), latex(claim.claim.text, 400),
                     latex(evidence_sentence(claim), 1500));
}

}  // namespace

std::string paper_studies(const results::Comparison& comparison) {
  std::string text;
  for (const results::StudyJudgement& judgement : results::judge_studies(comparison)) {
    text += fmt::format("\n\\paragraph{{{}}} ({}) {} {}\n", latex(study_title(judgement), 200),
                        latex(judgement.study.source.id), latex(tally_sentence(judgement), 200),
                        latex(deciding_paragraph(judgement), 1500));
    if (judgement.claims.empty()) continue;  // a list without items is an error
    text += "\\begin{itemize}\n";
    for (const results::ClaimJudgement& claim : judgement.claims) text += claim_item(claim);
    text += "\\end{itemize}\n";
  }
  return text;
}

}  // namespace threadmill::plots
