#include "plots/study/study_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "plots/text/text.h"
#include "plots/words/metric_text.h"

namespace threadmill::plots {
namespace {

using results::Claim;
using results::ClaimEvidence;
using results::ClaimKind;
using results::ClaimOutcome;

bool is_of_value(const Claim& claim) {
  return claim.kind == ClaimKind::at_least || claim.kind == ClaimKind::at_most;
}

/// "1.65×", and small ratios with as many decimals as they need: "0.0053×".
std::string times_text(double value) { return value < 0.1 ? share(value) + "×" : ratio(value); }

std::string claim_value_text(const Claim& claim, double value) {
  return is_of_value(claim) ? metric_value(*claim.metric, value) : times_text(value);
}

/// "at least 1.65× (1.60× to 1.71×, 8 repeats)".
std::string number_text(const Claim& claim, const ClaimEvidence& evidence) {
  const auto& number = *evidence.number;
  std::string range;
  if (number.interval) {
    range = fmt::format("{} to {}, ", claim_value_text(claim, number.interval->low),
                        claim_value_text(claim, number.interval->high));
  }
  return fmt::format("{}{} ({}{})",
                     evidence.hidden == results::Hidden::more   ? "at least "
                     : evidence.hidden == results::Hidden::less ? "at most "
                                                                : "",
                     claim_value_text(claim, number.ratio), range, counted(number.first_count, "repeat"));
}

/// "chat-50 1.65× (1.60× to 1.71×, 8 repeats)".
std::string number_where(const Claim& claim, const ClaimEvidence& evidence) {
  const std::string reason = evidence.reason.empty() ? "" : ", " + plain(evidence.reason, 300);
  return plain(evidence.where, 80) + " " + number_text(claim, evidence) + reason;
}

/// What every scenario says; those that say the same without a number are named together.
std::vector<std::string> pieces_of_evidence(const results::ClaimJudgement& judgement) {
  std::vector<std::string> pieces;
  const auto& all = judgement.evidence;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].number) {
      pieces.push_back(number_where(judgement.claim, all[i]));
      continue;
    }
    std::string where = plain(all[i].where, 80);
    for (; i + 1 < all.size() && !all[i + 1].number && all[i + 1].reason == all[i].reason; ++i)
      where += ", " + plain(all[i + 1].where, 80);
    pieces.push_back(where + ": " + plain(all[i].reason, 300));
  }
  return pieces;
}

/// "requests_per_s, epoll / thread"
std::string compared_sides(const Claim& claim) {
  const std::string than_where = claim.than_scenario.empty() ? "" : " in " + plain(claim.than_scenario);
  std::string text =
      fmt::format("{}, {} / {}{}", plain(claim.metric_name), plain(claim.of), plain(claim.than), than_where);
  if (!claim.relative_to.empty()) text += ", each divided by its own in " + plain(claim.relative_to);
  if (claim.by_at_least != 1) {
    text += claim.kind == ClaimKind::more ? ", to be above " + times_text(claim.by_at_least)
                                          : ", to be below " + times_text(1 / claim.by_at_least);
  }
  return text;
}

/// What is looked at, before the numbers.
std::string what_is_tested(const Claim& claim) {
  switch (claim.kind) {
    case ClaimKind::more:
    case ClaimKind::less:
      return compared_sides(claim);
    case ClaimKind::at_least:
    case ClaimKind::at_most:
      return fmt::format("{} of {}, to be {} {}", plain(claim.metric_name), plain(claim.of),
                         claim.kind == ClaimKind::at_least ? "at least" : "at most",
                         metric_value(*claim.metric, claim.value));
    case ClaimKind::grows_with:
    case ClaimKind::falls_with:
      return fmt::format("{} of {}, from each to the next", plain(claim.metric_name), plain(claim.of));
    case ClaimKind::never:
    case ClaimKind::happens:
      return fmt::format("{} of {}, to be {}", plain(claim.metric_name), plain(claim.of),
                         claim.kind == ClaimKind::never ? "0 in every trial" : "above 0 in some trial");
    case ClaimKind::delivers:
      return fmt::format("errors, and messages lost or wrong, of {}", plain(claim.of));
    case ClaimKind::not_tested:
      return "not tested: " + plain(claim.because, 300);
    case ClaimKind::unknown:
      return fmt::format("this version does not know how to test it (kind \"{}\")", plain(claim.kind_name));
  }
  return {};
}

}  // namespace

std::string evidence_sentence(const results::ClaimJudgement& judgement) {
  const std::vector<std::string> pieces = pieces_of_evidence(judgement);
  const std::string tested = what_is_tested(judgement.claim);
  return pieces.empty() ? tested : fmt::format("{}: {}", tested, fmt::join(pieces, "; "));
}

std::string study_title(const results::StudyJudgement& judgement) {
  return "Study: " + plain(judgement.study.title, 120);
}

std::string tally_sentence(const results::StudyJudgement& judgement) {
  std::vector<std::string> parts;
  for (const ClaimOutcome outcome :
       {ClaimOutcome::confirmed, ClaimOutcome::refuted, ClaimOutcome::not_decided}) {
    const auto count = std::count_if(judgement.claims.begin(), judgement.claims.end(),
                                     [&](const auto& claim) { return claim.outcome == outcome; });
    parts.push_back(fmt::format("{} {}", count, results::claim_outcome_name(outcome)));
  }
  return fmt::format("{}.", fmt::join(parts, ", "));
}

std::string deciding_paragraph(const results::StudyJudgement& judgement) {
  std::string text =
      "A claim is decided where the interval of its number over the repeats, at 95 %, lies on one side in "
      "each "
      "scenario, the cells are valid and the load generator held back nothing that could turn it; one "
      "scenario "
      "of several refutes a claim if it does so after Holm's correction for all of them. Where the "
      "difference "
      "is not there, chance confirms a claim at most once in 40 times, and refutes it at most as often.";
  if (const std::size_t claims = results::claims_with_numbers(judgement)) {
    text += fmt::format(
        " Claims are not corrected for each other: were none of the differences of {} there, chance would "
        "decide {:.2g} of them, on average, at most.",
        counted(claims, "claim"), static_cast<double>(claims) * results::decided_by_chance);
  }
  return text;
}

std::string absent_peers_sentence(const results::StudyJudgement& judgement) {
  if (judgement.absent_peers.empty()) return {};
  std::vector<std::string> names;
  for (const std::string& peer : judgement.absent_peers) names.push_back(plain(peer));
  return fmt::format("Not measured on this machine: {}.", fmt::join(names, ", "));
}

}  // namespace threadmill::plots
