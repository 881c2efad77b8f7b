#include "plots/page/study_cards.h"

#include <fmt/format.h>

#include "plots/page/html.h"
#include "plots/study/study_words.h"

namespace threadmill::plots {
namespace {

/// With a sign of its own, so that colour is not all that tells outcomes apart.
std::string outcome_mark(results::ClaimOutcome outcome) {
  switch (outcome) {
    case results::ClaimOutcome::confirmed:
      return "<span class=\"mark wins\">✓ confirmed</span>";
    case results::ClaimOutcome::refuted:
      return "<span class=\"mark refuted\">✗ refuted</span>";
    case results::ClaimOutcome::not_decided:
      break;
  }
  return "<span class=\"mark open\">? not decided</span>";
}

std::string study_card(const results::StudyJudgement& judgement, std::size_t place) {
  std::string text = fmt::format(
      "<article class=\"card\">\n<h3><a href=\"#study-{}\">{}</a></h3>\n<p>{}</p>\n<ul class=\"claims\">\n",
      place, html(study_title(judgement), 200), html(tally_sentence(judgement), 200));
  for (const results::ClaimJudgement& claim : judgement.claims)
    text += fmt::format("<li>{} {}</li>\n", outcome_mark(claim.outcome), html(claim.claim.text, 400));
  return text + "</ul>\n</article>\n";
}

}  // namespace

std::string study_cards(const std::vector<results::StudyJudgement>& judgements) {
  if (judgements.empty()) return {};
  std::string text = "<div class=\"studies\">\n";
  for (std::size_t i = 0; i < judgements.size(); ++i) text += study_card(judgements[i], i);
  return text + "</div>\n";
}

}  // namespace threadmill::plots
