#pragma once
// A study: a source's own experiment, and what the source claims of it. The header of a result file holds it.

#include <array>
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/trial/metrics.h"

namespace threadmill::results {

/// How a claim is put to the test.
enum class ClaimKind : std::size_t {
  more,        ///< the metric of `of` is above that of `than`, in each scenario
  less,        ///< it is below
  at_least,    ///< the metric of `of` is `value` or more, in each scenario
  at_most,     ///< it is `value` or less
  grows_with,  ///< the metric of `of` is larger in each scenario than in the one before
  falls_with,  ///< it is smaller
  delivers,    ///< every message of `of` arrives whole, once and in order, and no connection is lost
  never,       ///< the metric of `of`, a count, is 0 in every trial
  happens,     ///< it is above 0 in some trial: one case proves that there is no promise
  not_tested,  ///< no scenario tells; the claim says why
  unknown,     ///< a kind that this version does not know
};
inline constexpr std::size_t claim_kind_count = 10;

/// Names of the kinds as files have them, in the order of the enumeration, `unknown` left out.
const std::array<std::string_view, claim_kind_count>& claim_kind_names();

/// One sentence that the source stands for, and its test.
struct Claim {
  std::string text;
  ClaimKind kind = ClaimKind::unknown;
  std::string kind_name;               ///< as the file has it
  std::vector<std::string> scenarios;  ///< where it must hold; of grows_with and falls_with: in that order
  std::optional<Metric> metric;
  std::string metric_name;    ///< as the file has it
  std::string of;             ///< a subject
  std::string than;           ///< of more and less: another subject, or the same one in `than_scenario`
  std::string than_scenario;  ///< where `than` is measured; empty: where `of` is
  std::string relative_to;  ///< a scenario: each side's metric is divided by its own there; empty: it is not
  double by_at_least = 1;   ///< more: above this many times `than`; less: below one part in this many of it.
                            ///< Below 1: as good as `than`, give or take
  double value = 0;         ///< of at_least and at_most, in the metric's unit
  std::string because;      ///< of not_tested: why nothing tests it
};

/// Where an experiment is from.
struct StudySource {
  std::string id;
  std::string measured;  ///< what the source did, in a sentence without its full stop
  std::string machine;   ///< as published
};

struct Study {
  std::string name;
  std::string title;
  std::string question;
  StudySource source;
  std::vector<std::string> scenarios;  ///< names
  std::vector<std::string> peers;      ///< subjects that a machine need not have
  std::vector<std::string> notes;      ///< what a reader must know of both columns
  std::vector<Claim> claims;
};

/// The study that a result file's header says it is of; nothing where it says none. What is missing or of
/// another type is empty, and a test that cannot be understood has the kind `unknown`. Pure.
std::optional<Study> study_of(const nlohmann::json& header);

}  // namespace threadmill::results
