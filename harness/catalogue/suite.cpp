#include "harness/catalogue/suite.h"

#include <fmt/format.h>

#include "harness/catalogue/named.h"
#include "harness/errors.h"
#include "harness/locations.h"
#include "json/error.h"
#include "json/file.h"
#include "json/strict_object.h"

namespace threadmill::harness {
namespace {

void read_durations(Suite& suite, const json::StrictObject& fields) {
  if (!fields.has("durations_s")) return;
  const auto durations = fields.object("durations_s", {suite.scenarios.begin(), suite.scenarios.end()});
  for (const auto& name : suite.scenarios) {
    if (durations.has(name)) suite.durations_s[name] = durations.number(name, 0.01, 3600);
  }
}

}  // namespace

Suite read_suite(const std::filesystem::path& file) try {
  return parse_suite(json::read_file(file), file);
} catch (const json::JsonError& error) {
  throw InputError(error.what());
}

Suite parse_suite(const nlohmann::json& document, const std::filesystem::path& file) try {
  const json::StrictObject fields(
      document, file.string(),
      {"name", "title", "scenarios", "repeats", "duration_s", "warmup_s", "durations_s"});
  Suite suite;
  suite.name = fields.nonempty_text("name");
  suite.title = fields.nonempty_text("title");
  suite.scenarios = fields.texts("scenarios");
  suite.repeats = static_cast<int>(fields.integer("repeats", 1, kMostRepeats));
  if (fields.has("duration_s")) suite.duration_s = fields.number("duration_s", 0.01, 3600);
  if (fields.has("warmup_s")) suite.warmup_s = fields.number("warmup_s", 0, 3600);
  read_durations(suite, fields);
  if (file.stem() != suite.name)
    fields.fail("name", fmt::format("must be \"{}\", as the file", file.stem().string()));
  return suite;
} catch (const json::JsonError& error) {
  throw InputError(error.what());
}

std::vector<Suite> read_suites(const std::filesystem::path& folder) {
  std::vector<Suite> suites;
  for (const auto& file : json_files(folder)) suites.push_back(read_suite(file));
  return suites;
}

std::vector<Scenario> scenarios_of(const Suite& suite, const std::vector<Scenario>& known) {
  std::vector<Scenario> chosen;
  for (const auto& name : suite.scenarios) {
    chosen.push_back(require_named(known, "scenario", name, fmt::format("suite '{}': ", suite.name)));
    const auto own = suite.durations_s.find(name);
    chosen.back().run_for(own == suite.durations_s.end() ? suite.duration_s : own->second, suite.warmup_s);
  }
  return chosen;
}

}  // namespace threadmill::harness
