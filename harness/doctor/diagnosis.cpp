#include "harness/doctor/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace threadmill::harness::doctor {
namespace {

constexpr std::size_t kNameColumn = 18;

std::size_t count_of(const std::vector<Diagnosis>& diagnoses, Verdict verdict) {
  return static_cast<std::size_t>(
      std::count_if(diagnoses.begin(), diagnoses.end(),
                    [&](const auto& diagnosis) { return diagnosis.finding.verdict == verdict; }));
}

std::string counted(std::size_t number, const char* noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

std::string summary(const std::vector<Diagnosis>& diagnoses) {
  const auto problems = count_of(diagnoses, Verdict::problem);
  const auto warnings = count_of(diagnoses, Verdict::warning);
  const char* advice = problems > 0   ? "mend the problems before you trust a figure"
                       : warnings > 0 ? "good for ratios within one run; figures alone are noisy"
                                      : "good to measure on";
  return fmt::format("{}, {}, {} unknown, {} ok: {}\n", counted(problems, "problem"),
                     counted(warnings, "warning"), count_of(diagnoses, Verdict::unknown),
                     count_of(diagnoses, Verdict::ok), advice);
}

std::string in_short(const Diagnosis& diagnosis) {
  return fmt::format("{:<8} {:<{}} {}\n", to_text(diagnosis.finding.verdict), diagnosis.check, kNameColumn,
                     diagnosis.finding.found);
}

std::string in_full(const Diagnosis& diagnosis) {
  const auto further = [](const char* name, const std::string& text) {
    return fmt::format("{:<{}} {}: {}\n", "", 8 + 1 + kNameColumn, name, text);
  };
  std::string text = in_short(diagnosis) + further("why", diagnosis.why);
  if (!diagnosis.finding.remedy.empty()) text += further("mend", diagnosis.finding.remedy);
  return text;
}

}  // namespace

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::problem:
      return "problem";
    case Verdict::warning:
      return "warning";
    case Verdict::unknown:
      return "unknown";
    case Verdict::ok:
      return "ok";
  }
  return "";
}

std::vector<Diagnosis> diagnose(const Machine& machine) {
  std::vector<Diagnosis> diagnoses;
  for (const auto& check : all_checks()) diagnoses.push_back({check.name, check.why, check.look(machine)});
  std::stable_sort(diagnoses.begin(), diagnoses.end(),
                   [](const auto& a, const auto& b) { return a.finding.verdict < b.finding.verdict; });
  return diagnoses;
}

std::vector<std::string> problems_of(const std::vector<Diagnosis>& diagnoses) {
  std::vector<std::string> names;
  for (const auto& diagnosis : diagnoses) {
    if (diagnosis.finding.verdict == Verdict::problem) names.push_back(diagnosis.check);
  }
  return names;
}

std::string to_text(const std::vector<Diagnosis>& diagnoses) {
  std::string text = summary(diagnoses) + "\n";
  for (const auto& diagnosis : diagnoses) {
    const auto verdict = diagnosis.finding.verdict;
    const bool well =
        verdict == Verdict::ok || (verdict == Verdict::unknown && diagnosis.finding.remedy.empty());
    text += well ? in_short(diagnosis) : in_full(diagnosis);
  }
  return text;
}

nlohmann::json to_json(const std::vector<Diagnosis>& diagnoses) {
  auto list = nlohmann::json::array();
  for (const auto& [check, why, finding] : diagnoses) {
    list.push_back(
        {{"check", check},
         {"verdict", to_text(finding.verdict)},
         {"found", finding.found},
         {"why", why},
         {"remedy", finding.remedy.empty() ? nlohmann::json(nullptr) : nlohmann::json(finding.remedy)}});
  }
  return list;
}

}  // namespace threadmill::harness::doctor
