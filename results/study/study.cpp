#include "results/study/study.h"

#include <algorithm>

#include "results/file/json_access.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

ClaimKind kind_called(const std::string& name) {
  const auto& names = claim_kind_names();
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? ClaimKind::unknown : static_cast<ClaimKind>(found - names.begin());
}

/// Whether the test of the claim says all that its kind needs.
bool is_whole(const Claim& claim) {
  switch (claim.kind) {
    case ClaimKind::more:
    case ClaimKind::less:
      return claim.metric && !claim.scenarios.empty() && !claim.of.empty() && !claim.than.empty() &&
             claim.by_at_least > 0;
    case ClaimKind::at_least:
    case ClaimKind::at_most:
      return claim.metric && !claim.scenarios.empty() && !claim.of.empty() && claim.value > 0;
    case ClaimKind::grows_with:
    case ClaimKind::falls_with:
      return claim.metric && claim.scenarios.size() >= 2 && !claim.of.empty();
    case ClaimKind::never:
    case ClaimKind::happens:
      return claim.metric && !claim.scenarios.empty() && !claim.of.empty();
    case ClaimKind::delivers:
      return !claim.scenarios.empty() && !claim.of.empty();
    case ClaimKind::not_tested:
      return true;
    case ClaimKind::unknown:
      return false;
  }
  return false;
}

Claim claim_of(const json& document) {
  Claim claim;
  claim.text = text_at(document, "/text");
  claim.scenarios = texts_at(document, "/scenarios");
  claim.metric_name = text_at(document, "/metric");
  claim.metric = find_metric(claim.metric_name);
  claim.kind_name = text_at(document, "/test/kind");
  claim.of = text_at(document, "/test/of");
  claim.than = text_at(document, "/test/than");
  claim.than_scenario = text_at(document, "/test/than_scenario");
  claim.relative_to = text_at(document, "/test/relative_to");
  claim.by_at_least = number_at(document, "/test/by_at_least").value_or(1);
  claim.value = number_at(document, "/test/value").value_or(0);
  claim.because = text_at(document, "/test/because");
  claim.kind = kind_called(claim.kind_name);
  if (!is_whole(claim)) claim.kind = ClaimKind::unknown;
  return claim;
}

}  // namespace

const std::array<std::string_view, claim_kind_count>& claim_kind_names() {
  static constexpr std::array<std::string_view, claim_kind_count> names = {
      "more",       "less",     "at_least", "at_most", "grows_with",
      "falls_with", "delivers", "never",    "happens", "not_tested"};
  return names;
}

std::optional<Study> study_of(const json& header) {
  const json* document = find_at(header, "/study");
  Study study;
  study.name = text_at(header, "/run/study");
  if (study.name.empty() || document == nullptr || !document->is_object()) return std::nullopt;
  study.title = text_at(*document, "/title");
  if (study.title.empty()) study.title = study.name;
  study.question = text_at(*document, "/question");
  study.source = {text_at(*document, "/source/id"), text_at(*document, "/source/measured"),
                  text_at(*document, "/source/machine")};
  study.scenarios = texts_at(*document, "/scenarios");
  study.peers = texts_at(*document, "/peers");
  study.notes = texts_at(*document, "/notes");
  const json* claims = find_at(*document, "/claims");
  if (claims != nullptr && claims->is_array()) {
    for (const json& claim : *claims) study.claims.push_back(claim_of(claim));
  }
  return study;
}

}  // namespace threadmill::results
