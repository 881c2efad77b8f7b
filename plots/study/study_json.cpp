#include "plots/study/study_json.h"

#include "plots/words/json_parts.h"
#include "results/study/judgement.h"

namespace threadmill::plots {
namespace {

using nlohmann::ordered_json;
using results::ClaimKind;

std::string_view outcome_word(results::ClaimOutcome outcome) {
  return outcome == results::ClaimOutcome::not_decided ? "not-decided" : results::claim_outcome_name(outcome);
}

ordered_json deciding_number(const results::ClaimEvidence& evidence) {
  if (!evidence.number) return nullptr;
  ordered_json object = {{"value", evidence.number->ratio}};
  add_interval(object, evidence.number->interval);
  object["repeats"] = evidence.number->first_count;
  object["bound"] = results::bound_name(evidence.hidden);
  return object;
}

ordered_json evidence_json(const results::ClaimEvidence& evidence) {
  return {{"where", evidence.where},
          {"outcome", outcome_word(evidence.outcome)},
          {"number", deciding_number(evidence)},
          {"p_value", number_or_null(evidence.p_value)},
          {"reason", text_or_null(evidence.reason)}};
}

ordered_json test_json(const results::Claim& claim) {
  const bool of_sides = claim.kind == ClaimKind::more || claim.kind == ClaimKind::less;
  const bool of_value = claim.kind == ClaimKind::at_least || claim.kind == ClaimKind::at_most;
  return {{"kind", claim.kind_name},
          {"of", text_or_null(claim.of)},
          {"than", text_or_null(claim.than)},
          {"than_scenario", text_or_null(claim.than_scenario)},
          {"relative_to", text_or_null(claim.relative_to)},
          {"by_at_least", of_sides ? ordered_json(claim.by_at_least) : ordered_json(nullptr)},
          {"value", of_value ? ordered_json(claim.value) : ordered_json(nullptr)},
          {"because", text_or_null(claim.because)}};
}

ordered_json claim_json(const results::ClaimJudgement& judgement) {
  return {{"text", judgement.claim.text},
          {"outcome", outcome_word(judgement.outcome)},
          {"metric", text_or_null(judgement.claim.metric_name)},
          {"test", test_json(judgement.claim)},
          {"evidence", array_of(judgement.evidence, evidence_json)}};
}

}  // namespace

ordered_json studies_json(const results::Comparison& comparison) {
  return array_of(results::judge_studies(comparison), [&](const results::StudyJudgement& judgement) {
    const results::Study& study = judgement.study;
    return ordered_json{{"run", comparison.runs[judgement.run].label},
                        {"name", study.name},
                        {"title", study.title},
                        {"question", text_or_null(study.question)},
                        {"source",
                         {{"id", text_or_null(study.source.id)},
                          {"measured", text_or_null(study.source.measured)},
                          {"machine", text_or_null(study.source.machine)}}},
                        {"notes", study.notes},
                        {"absent_peers", judgement.absent_peers},
                        {"claims", array_of(judgement.claims, claim_json)}};
  });
}

}  // namespace threadmill::plots
