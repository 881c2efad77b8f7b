#include "results/trial/instrument.h"

#include <utility>

#include "results/file/json_access.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

load::Integrity integrity_of(const json& record) {
  load::Integrity integrity;
  integrity.corrupt = unsigned_at(record, "/load/integrity/corrupt");
  integrity.lost = unsigned_at(record, "/load/integrity/lost");
  integrity.repeated = unsigned_at(record, "/load/integrity/repeated");
  integrity.reordered = unsigned_at(record, "/load/integrity/reordered");
  integrity.misdelivered = unsigned_at(record, "/load/integrity/misdelivered");
  return integrity;
}

}  // namespace

std::optional<WarmupEnd> warmup_end(const json& record) {
  const json* steady = find_at(record, "/load/warmup/steady");
  const auto took_ns = number_at(record, "/load/warmup/took_ns");
  if (steady == nullptr || !steady->is_boolean() || !took_ns) return std::nullopt;
  return WarmupEnd{steady->get<bool>(), *took_ns * 1e-9};
}

std::optional<load::Contracts> contracts_of(const json& record) {
  if (find_at(record, "/load/integrity") == nullptr) return std::nullopt;
  const std::string driver = text_at(record, "/load/plan/driver");
  if (driver == "resp" || driver == "http") return std::nullopt;  // all replies are alike
  const bool fan_out = find_at(record, "/load/deliveries") != nullptr;
  const auto arrived = unsigned_at(record, fan_out ? "/load/deliveries" : "/load/completed");
  auto integrity = integrity_of(record);
  integrity.lost += unsigned_at(record, "/load/continuity/lost");
  integrity.repeated += unsigned_at(record, "/load/continuity/repeated");
  integrity.reordered += unsigned_at(record, "/load/continuity/reordered");
  return load::integrity_verdict(integrity, arrived);
}

Warmups sum_up(const std::vector<WarmupEnd>& ends) {
  Warmups sum;
  std::vector<double> took_s;
  for (const WarmupEnd& end : ends) {
    ++sum.trials;
    sum.steady += end.steady ? 1 : 0;
    took_s.push_back(end.took_s);
  }
  sum.took_s = spread(took_s);
  return sum;
}

void ContractCounts::add(const load::Contracts& contracts) {
  const load::ContractVerdict* verdicts[contract_count] = {&contracts.at_most_once, &contracts.at_least_once,
                                                           &contracts.exactly_once,
                                                           &contracts.ordered_per_publisher};
  ++judged;
  for (std::size_t i = 0; i < contract_count; ++i) broken[i] += verdicts[i]->kept ? 0 : 1;
}

const std::array<std::string_view, contract_count>& contract_names() {
  static constexpr std::array<std::string_view, contract_count> names{
      "at most once", "at least once", "exactly once", "ordered per publisher"};
  return names;
}

}  // namespace threadmill::results
