#include "results/trial/server_samples.h"

#include <nlohmann/json.hpp>

#include "results/file/json_access.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

std::optional<ServerSample> server_sample(const json* sample) {
  if (sample == nullptr) return std::nullopt;
  const auto t = number_at(*sample, "/t_ns"), cpu = number_at(*sample, "/cpu_ns");
  if (!t || !cpu) return std::nullopt;
  return ServerSample{*t, *cpu, number_at(*sample, "/pss_bytes")};
}

}  // namespace

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

bool ended_in_window(const json& record) {
  const json* last = snapshot_at(record, "measured");
  return last != nullptr && number_at(*last, "/processes") == 0.0;
}

std::optional<double> growth(const json& record, const char* counter) {
  if (ended_in_window(record)) return std::nullopt;
  const json* after = snapshot_at(record, "measured");
  const json* before = snapshot_before_load(record);
  if (before == nullptr || after == nullptr) return std::nullopt;
  const auto from = number_at(*before, counter);
  const auto to = number_at(*after, counter);
  // A counter summed over a process tree shrinks when a process leaves: then the window is not known.
  if (!from || !to || *to < *from) return std::nullopt;
  return *to - *from;
}

std::vector<ServerSample> window_samples(const json& record) {
  if (ended_in_window(record)) return {};
  constexpr double nearest_ns = 50e6;
  const auto first = server_sample(snapshot_before_load(record));
  const auto last = server_sample(snapshot_at(record, "measured"));
  const json* series = find_at(record, "/samples/series");
  std::vector<ServerSample> samples;
  if (first) samples.push_back(*first);
  const std::size_t count = series != nullptr && series->is_array() ? series->size() : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto sample = server_sample(&series->at(i));
    if (!sample || (last && sample->t_ns > last->t_ns - nearest_ns)) continue;
    if (samples.empty() || sample->t_ns >= samples.back().t_ns + nearest_ns) samples.push_back(*sample);
  }
  if (last) samples.push_back(*last);
  return samples;
}

}  // namespace threadmill::results
