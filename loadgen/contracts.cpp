#include "loadgen/contracts.h"

#include <fmt/format.h>

#include <initializer_list>
#include <nlohmann/json.hpp>

namespace threadmill::load {
namespace {

struct Count {
  const char* kind;
  std::uint64_t messages;
};

ContractVerdict judge(std::initializer_list<Count> counts) {
  ContractVerdict verdict;
  std::string broken, whole;
  for (const Count& count : counts) {
    verdict.violations += count.messages;
    whole += fmt::format("{}{}", whole.empty() ? "" : " or ", count.kind);
    if (count.messages == 0) continue;
    broken += fmt::format("{}{} {}", broken.empty() ? "" : ", ", count.messages, count.kind);
  }
  verdict.kept = verdict.violations == 0;
  verdict.reason = verdict.kept ? fmt::format("no message was {}", whole) : "messages " + broken;
  return verdict;
}

nlohmann::json to_json(const ContractVerdict& verdict) {
  return {{"verdict", verdict.kept ? "kept" : "broken"},
          {"violations", verdict.violations},
          {"reason", verdict.reason}};
}

}  // namespace

std::optional<Contracts> integrity_verdict(const Integrity& integrity, std::uint64_t arrived) {
  if (arrived == 0 && integrity == Integrity{}) return std::nullopt;
  const Count repeated{"repeated", integrity.repeated}, corrupt{"corrupt", integrity.corrupt};
  const Count misdelivered{"misdelivered", integrity.misdelivered}, lost{"lost", integrity.lost};
  return Contracts{.at_most_once = judge({repeated, corrupt, misdelivered}),
                   .at_least_once = judge({lost}),
                   .exactly_once = judge({lost, repeated, corrupt, misdelivered}),
                   .ordered_per_publisher = judge({{"reordered", integrity.reordered}})};
}

nlohmann::json to_json(const Contracts& contracts) {
  return {{"at_most_once", to_json(contracts.at_most_once)},
          {"at_least_once", to_json(contracts.at_least_once)},
          {"exactly_once", to_json(contracts.exactly_once)},
          {"ordered_per_publisher", to_json(contracts.ordered_per_publisher)}};
}

}  // namespace threadmill::load
