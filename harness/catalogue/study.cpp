#include "harness/catalogue/study.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/catalogue/named.h"
#include "harness/catalogue/suite.h"
#include "harness/errors.h"
#include "harness/locations.h"
#include "harness/suggest.h"
#include "json/error.h"
#include "json/file.h"
#include "json/strict_object.h"
#include "results/study/judgement.h"
#include "results/study/study.h"
#include "results/trial/metrics.h"

namespace threadmill::harness {
namespace {

using json::StrictObject;
using results::ClaimKind;
using Names = std::vector<std::string>;

const std::string& name_of(const std::variant<std::string, Scenario>& scenario) {
  const auto* name = std::get_if<std::string>(&scenario);
  return name != nullptr ? *name : std::get<Scenario>(scenario).name;
}

Names scenario_names(const Study& study) {
  Names names;
  for (const auto& scenario : study.scenarios) names.push_back(name_of(scenario));
  return names;
}

void require_once(const StrictObject& fields, std::string_view key, const Names& names) {
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (std::find(names.begin(), name, *name) != name)
      fields.fail(key, fmt::format("has \"{}\" twice; name it once", *name));
  }
}

/// "{key}" in the texts of a scenario is the value.
void fill_in_texts(nlohmann::json& entry, const std::string& key, const std::string& value) {
  const std::string place = "{" + key + "}";
  for (const char* text : {"name", "title", "question"}) {
    if (!entry.contains(text) || !entry[text].is_string()) continue;
    auto filled = entry[text].get<std::string>();
    for (auto at = filled.find(place); at != std::string::npos; at = filled.find(place, at + value.size()))
      filled.replace(at, place.size(), value);
    entry[text] = filled;
  }
}

/// A scenario that is written out once for several numbers of its load: one for each.
std::vector<nlohmann::json> one_for_each(const StrictObject& fields, nlohmann::json entry) {
  if (!entry.is_object() || !entry.contains("each")) return {std::move(entry)};
  const nlohmann::json each = std::exchange(entry["each"], nullptr);
  entry.erase("each");
  const bool is_one_list =
      each.is_object() && each.size() == 1 && each.begin()->is_array() && !each.begin()->empty();
  if (!is_one_list || !entry.contains("load") || !entry["load"].is_object())
    fields.fail("scenarios", R"(may have "each": {"KEY": [NUMBER, ..]} with a key of its load)");
  std::vector<nlohmann::json> entries;
  for (const auto& value : each.begin().value()) {
    auto one = entry;
    one["load"][each.begin().key()] = value;
    fill_in_texts(one, each.begin().key(), value.dump());
    entries.push_back(std::move(one));
  }
  return entries;
}

void read_scenario_list(Study& study, const StrictObject& fields, const std::string& where) {
  const auto& list = fields.at("scenarios");
  if (!list.is_array() || list.empty())
    fields.fail("scenarios", "must be a list of at least one scenario: its name, or an object");
  for (const auto& entry : list) {
    if (entry.is_string()) {
      study.scenarios.emplace_back(entry.get<std::string>());
    } else {
      for (const auto& one : one_for_each(fields, entry)) {
        const auto index = study.scenarios.size();
        study.scenarios.emplace_back(parse_scenario(one, fmt::format("{}: scenarios[{}]", where, index)));
      }
    }
  }
  require_once(fields, "scenarios", scenario_names(study));
}

/// The names that claims may use.
struct ClaimNames {
  Names scenarios;
  Names subjects;
  Names metrics;
};

ClaimNames names_for_claims(const Study& study) {
  ClaimNames names{scenario_names(study), study.subjects, {}};
  names.subjects.insert(names.subjects.end(), study.peers.begin(), study.peers.end());
  for (const auto& traits : results::metrics()) names.metrics.emplace_back(traits.name);
  return names;
}

void require_known(const StrictObject& fields, std::string_view key, const Names& known) {
  if (!fields.has(key)) return;
  const auto name = fields.nonempty_text(key);
  if (std::find(known.begin(), known.end(), name) == known.end())
    fields.fail(key, "is an " + unknown_name_message("name", name, known));
}

std::vector<std::string_view> keys_of_test(ClaimKind kind) {
  switch (kind) {
    case ClaimKind::more:
    case ClaimKind::less:
      return {"kind", "of", "than", "than_scenario", "relative_to", "by_at_least"};
    case ClaimKind::at_least:
    case ClaimKind::at_most:
      return {"kind", "of", "value"};
    case ClaimKind::grows_with:
    case ClaimKind::falls_with:
    case ClaimKind::delivers:
    case ClaimKind::never:
    case ClaimKind::happens:
      return {"kind", "of"};
    case ClaimKind::not_tested:
      return {"kind", "because"};
    case ClaimKind::unknown:
      break;
  }
  return {"kind"};
}

ClaimKind kind_of_test(const StrictObject& claim) {
  const auto test = claim.object(
      "test", {"kind", "of", "than", "than_scenario", "relative_to", "by_at_least", "value", "because"});
  const auto& names = results::claim_kind_names();
  return static_cast<ClaimKind>(test.choice("kind", {names.begin(), names.end()}));
}

void check_test(const StrictObject& claim, ClaimKind kind, const ClaimNames& names) {
  const auto test = claim.object("test", keys_of_test(kind));
  if (kind == ClaimKind::not_tested) {
    test.nonempty_text("because");
    return;
  }
  test.nonempty_text("of");
  require_known(test, "of", names.subjects);
  if (kind == ClaimKind::more || kind == ClaimKind::less) test.nonempty_text("than");
  require_known(test, "than", names.subjects);
  require_known(test, "than_scenario", names.scenarios);
  require_known(test, "relative_to", names.scenarios);
  test.number("by_at_least", 1e-6, 1e6, 1);
  if (kind == ClaimKind::at_least || kind == ClaimKind::at_most) test.number("value", 1e-9, 1e15);
}

void check_where(const StrictObject& claim, ClaimKind kind, const ClaimNames& names) {
  const auto scenarios = claim.texts("scenarios");
  for (const auto& scenario : scenarios) {
    if (std::find(names.scenarios.begin(), names.scenarios.end(), scenario) == names.scenarios.end())
      claim.fail("scenarios", "has an " + unknown_name_message("name", scenario, names.scenarios));
  }
  const bool has_steps = kind == ClaimKind::grows_with || kind == ClaimKind::falls_with;
  if (has_steps && scenarios.size() < 2) claim.fail("scenarios", "must be two or more, in their order");
}

void check_claim(const StrictObject& claim, const ClaimNames& names) {
  claim.nonempty_text("text");
  const auto kind = kind_of_test(claim);
  check_test(claim, kind, names);
  const bool needs_scenarios = kind != ClaimKind::not_tested;
  const bool needs_metric = needs_scenarios && kind != ClaimKind::delivers;
  for (const auto& [key, needed] : {std::pair{"scenarios", needs_scenarios}, {"metric", needs_metric}}) {
    if (claim.has(key) && !needed) claim.fail(key, "has no meaning for this kind of test; leave it out");
  }
  if (needs_scenarios) check_where(claim, kind, names);
  if (needs_metric) claim.nonempty_text("metric");
  require_known(claim, "metric", names.metrics);
}

void check_source(const StrictObject& fields) {
  const auto source = fields.object("source", {"id", "measured", "machine"});
  for (const char* key : {"id", "measured", "machine"}) source.nonempty_text(key);
}

void require_enough_repeats(const StrictObject& fields, int repeats) {
  const auto least = results::fewest_deciding_repeats(1);
  if (static_cast<std::size_t>(repeats) < least) {
    fields.fail("repeats",
                fmt::format("must be {} or more: fewer give no interval of 95 %, and no number would "
                            "decide a claim",
                            least));
  }
}

nlohmann::json to_keep(const nlohmann::json& document, const Study& study) {
  nlohmann::json kept;
  for (const char* key : {"title", "question", "source", "peers", "notes", "claims"}) {
    if (document.contains(key)) kept[key] = document.at(key);
  }
  kept["scenarios"] = scenario_names(study);
  return kept;
}

}  // namespace

Study parse_study(const nlohmann::json& document, const std::string& where) try {
  const StrictObject fields(document, where,
                            {"name", "title", "question", "source", "scenarios", "subjects", "peers",
                             "repeats", "duration_s", "warmup_s", "notes", "claims"});
  Study study;
  study.name = fields.nonempty_text("name");
  study.title = fields.nonempty_text("title");
  fields.nonempty_text("question");
  check_source(fields);
  read_scenario_list(study, fields, where);
  study.subjects = fields.texts("subjects");
  if (fields.has("peers")) study.peers = fields.texts("peers");
  auto everybody = study.subjects;
  everybody.insert(everybody.end(), study.peers.begin(), study.peers.end());
  require_once(fields, "subjects", everybody);
  study.repeats = static_cast<int>(fields.integer("repeats", 1, kMostRepeats));
  require_enough_repeats(fields, study.repeats);
  if (fields.has("duration_s")) study.duration_s = fields.number("duration_s", 0.01, 3600);
  if (fields.has("warmup_s")) study.warmup_s = fields.number("warmup_s", 0, 3600);
  if (fields.has("notes")) fields.texts("notes");
  const auto names = names_for_claims(study);
  for (const auto& claim : fields.objects("claims", {"text", "scenarios", "metric", "test"}))
    check_claim(claim, names);
  study.kept = to_keep(document, study);
  return study;
} catch (const json::JsonError& error) {
  throw InputError(error.what());
}

Study read_study(const std::filesystem::path& file) try {
  return parse_study(json::read_file(file), file.string());
} catch (const json::JsonError& error) {
  throw InputError(error.what());
}

Study find_study(const std::string& target, const std::filesystem::path& folder) {
  if (is_scenario_file(target)) return read_study(target);
  return require_named(read_studies(folder), "study", target);
}

std::vector<Study> read_studies(const std::filesystem::path& folder) {
  std::vector<Study> studies;
  for (const auto& file : json_files(folder)) {
    studies.push_back(read_study(file));
    if (file.stem() != studies.back().name) {
      throw InputError(
          fmt::format("{}: \"name\" must be \"{}\", as the file", file.string(), file.stem().string()));
    }
  }
  return studies;
}

std::vector<Scenario> scenarios_of(const Study& study, const std::vector<Scenario>& known) {
  std::vector<Scenario> chosen;
  for (const auto& entry : study.scenarios) {
    if (const auto* written_out = std::get_if<Scenario>(&entry)) {
      chosen.push_back(*written_out);
    } else {
      chosen.push_back(require_named(known, "scenario", std::get<std::string>(entry),
                                     fmt::format("study '{}': ", study.name)));
    }
    chosen.back().subjects = study.subjects;
    chosen.back().run_for(study.duration_s, study.warmup_s);
  }
  return chosen;
}

}  // namespace threadmill::harness
