#pragma once
// Tests that run over every registered model, in every way in which it can be told to work: a new one is
// under them by being listed.

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "servers/registry.h"
#include "tests/conformance/client.h"
#include "tests/conformance/server_process.h"

namespace threadmill::conformance {

inline bool serves(const servers::ModelTraits& traits, std::string_view service) {
  return std::find(traits.services.begin(), traits.services.end(), service) != traits.services.end();
}

/// A model in the ways in which it can be told to work, called as subjects are: "broker", "broker:writers",
/// "broker:loops:3:handoff".
inline std::vector<std::string> variants_of(const servers::ModelTraits& traits) {
  const std::string name(traits.name);
  std::vector<std::string> names{name};
  for (const auto way : traits.distributions) {
    if (way != traits.distributions.front()) names.push_back(name + ":" + std::string(to_string(way)));
  }
  if (traits.shards) {
    names.insert(names.end(), {name + ":loops:3", name + ":loops:3:handoff", names.back() + ":loops:2"});
  }
  return names;
}

/// Whether it is told by --distribute what to do with publications, of which a service may have none.
inline bool distributes(const std::string& variant) {
  return variant.find(":broadcast") != std::string::npos || variant.find(":writers") != std::string::npos;
}

/// Which models a test is for. With one that serves one client at a time everybody waits until the client
/// before has left: that is what it is, and a test whose clients wait for one another would wait for ever.
/// This is what leaves a model out of a test; nothing does it silently.
enum class Which {
  real,        ///< that serve clients side by side, and promise more than speed
  ceilings,    ///< and ceilings
  all_real,    ///< and those that serve one client at a time: for tests that need no two at once
  everything,  ///< and both
};

/// The models with that service, and their variants.
inline std::vector<std::string> models_with(std::string_view service, Which which = Which::real) {
  std::vector<std::string> names;
  const bool ceilings = which == Which::ceilings || which == Which::everything;
  const bool one_at_a_time = which == Which::all_real || which == Which::everything;
  for (const auto& model : servers::models()) {
    if (!serves(model.traits, service) || (!ceilings && model.traits.ceiling)) continue;
    if (!one_at_a_time && model.traits.one_at_a_time) continue;
    const auto variants = variants_of(model.traits);
    names.insert(names.end(), variants.begin(), variants.end());
  }
  if (service == "echo") std::erase_if(names, distributes);
  return names;
}

/// Those of them that are one event loop, or have none: several loops have no web.
inline std::vector<std::string> single_loop_models_with(std::string_view service, Which which = Which::real) {
  auto names = models_with(service, which);
  std::erase_if(names, [](const std::string& name) { return name.find(":loops:") != std::string::npos; });
  return names;
}

/// The parts of a name of variants_of().
inline std::vector<std::string> words_of(const std::string& variant) {
  std::vector<std::string> words;
  std::istringstream text(variant);
  for (std::string word; std::getline(text, word, ':');) words.push_back(word);
  return words;
}

inline const servers::ModelTraits& traits_of(const std::string& variant) {
  return servers::find_model(words_of(variant)[0])->traits;
}

/// What --flush accepts with it.
inline std::vector<servers::FlushKind> flushes_of(const std::string& variant) {
  const auto words = words_of(variant);
  auto way = servers::Distribution::batch;
  if (words.size() > 1 && words[1] != "loops") way = servers::parse_distribution(words[1]);
  return servers::flushes_of(traits_of(variant), way);
}

/// As many workers on every machine: not one for each CPU; and few that stand ready, so that more are
/// started.
inline std::vector<std::string> default_workers_of(const std::string& variant) {
  switch (traits_of(variant).workers) {
    case servers::Workers::none:
      return {};
    case servers::Workers::fixed:
      return {"--workers", "3"};
    case servers::Workers::spare:
      return {"--workers", "2"};
  }
  return {};
}

/// gtest takes letters, digits and underscores only.
inline std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

inline std::vector<std::string> arguments(const std::string& variant, const std::string& service,
                                          const std::vector<std::string>& more = {}) {
  const auto parts = words_of(variant);
  std::vector<std::string> words = {"--model", parts[0], "--service", service, "--port", "0"};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i] == "loops") {
      words.insert(words.end(), {"--loops", parts[++i]});
    } else if (parts[i] == "handoff") {
      words.insert(words.end(), {"--shard", "handoff"});
    } else {
      words.insert(words.end(), {"--distribute", parts[i]});
    }
  }
  if (std::find(more.begin(), more.end(), "--workers") == more.end()) {
    const auto workers = default_workers_of(variant);
    words.insert(words.end(), workers.begin(), workers.end());
  }
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace threadmill::conformance
