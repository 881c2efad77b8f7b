#include "results/trial/snapshots.h"

#include "results/file/json_access.h"

namespace threadmill::results {

using nlohmann::json;

const json* snapshot_at(const json& record, const char* name) {
  const json* gates = find_at(record, "/samples/gates");
  if (gates == nullptr || !gates->is_object() || !gates->contains(name)) return nullptr;
  const json& snapshot = gates->at(name);
  return snapshot.is_object() ? &snapshot : nullptr;
}

const json* snapshot_before_load(const json& record) {
  for (const char* name : {"warm", "connected", "start"}) {
    if (const json* found = snapshot_at(record, name)) return found;
  }
  return nullptr;
}

std::optional<double> growth(const json& record, const char* counter) {
  const json* after = snapshot_at(record, "measured");
  const json* before = snapshot_before_load(record);
  if (before == nullptr || after == nullptr) return std::nullopt;
  const auto from = number_at(*before, counter);
  const auto to = number_at(*after, counter);
  // A counter summed over a process tree shrinks when a process leaves: then the window is not known.
  if (!from || !to || *to < *from) return std::nullopt;
  return *to - *from;
}

}  // namespace threadmill::results
