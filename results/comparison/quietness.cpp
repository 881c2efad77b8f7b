#include "results/comparison/quietness.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "results/file/json_access.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

struct Kind {
  std::string_view name;
  std::string_view meaning;
  std::optional<double> (*of_trial)(const json& record);
};

/// How far the clock of the CPUs moved during the trial, as a share of what it was before.
std::optional<double> clock_change_percent(const json& record) {
  const auto before = number_at(record, "/machine/mhz_before"),
             after = number_at(record, "/machine/mhz_after");
  if (!before || !after || *before <= 0) return std::nullopt;
  return 100 * std::abs(*after - *before) / *before;
}

constexpr std::array<Kind, 6> kinds{{
    {"stolen by the hypervisor", "of the CPUs that the trial used",
     [](const json& record) { return number_at(record, "/machine/steal_percent"); }},
    {"used by other programs", "of the CPUs that the trial used",
     [](const json& record) { return number_at(record, "/machine/others_cpu_percent"); }},
    {"waiting for a CPU (PSI)", "of the time somebody on the machine did",
     [](const json& record) { return number_at(record, "/machine/psi_cpu_percent"); }},
    {"waiting for memory (PSI)", "of the time somebody on the machine did",
     [](const json& record) { return number_at(record, "/machine/psi_memory_percent"); }},
    {"waiting for input or output (PSI)", "of the time somebody on the machine did",
     [](const json& record) { return number_at(record, "/machine/psi_io_percent"); }},
    {"change of the clock frequency", "from before a trial to after it", clock_change_percent},
}};

std::string name_of(const json& record) {
  return fmt::format("{}, {}, repeat {:.0f}", text_at(record, "/scenario"), text_at(record, "/subject"),
                     number_at(record, "/repeat").value_or(0) + 1);
}

std::optional<Disturbance> over_trials(const Kind& kind, const std::vector<json>& trials) {
  std::vector<double> values;
  std::string worst;
  for (const json& record : trials) {
    const auto value = kind.of_trial(record);
    if (!value) continue;
    if (values.empty() || *value > *std::max_element(values.begin(), values.end())) worst = name_of(record);
    values.push_back(*value);
  }
  const auto all = spread(values);
  return all ? std::optional(Disturbance{kind.name, kind.meaning, *all, worst}) : std::nullopt;
}

}  // namespace

std::vector<Disturbance> quietness_of(const std::vector<json>& trials) {
  std::vector<Disturbance> found;
  for (const Kind& kind : kinds) {
    if (auto disturbance = over_trials(kind, trials)) found.push_back(std::move(*disturbance));
  }
  return found;
}

}  // namespace threadmill::results
