#pragma once
// What all checks say together, for people and for programs.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/doctor/checks.h"

namespace threadmill::harness::doctor {

struct Diagnosis {
  std::string check;
  std::string why;
  Finding finding;
};

/// Of every check, worst first, otherwise in the order of the list. Pure.
std::vector<Diagnosis> diagnose(const Machine& machine);

/// The names of the checks that found a problem.
std::vector<std::string> problems_of(const std::vector<Diagnosis>& diagnoses);

/// A summary in one line, then what is not well with its reason and remedy, then what is well, a line each.
std::string to_text(const std::vector<Diagnosis>& diagnoses);

/// An array, one object for each: "check", "verdict" ("problem", "warning", "unknown" or "ok"), "found",
/// "why", and "remedy", null where there is nothing to mend. harness/doctor/findings.schema.json.
nlohmann::json to_json(const std::vector<Diagnosis>& diagnoses);

}  // namespace threadmill::harness::doctor
