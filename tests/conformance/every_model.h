#pragma once
// Tests that run over every registered model: a new one is under them by being listed.

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "servers/registry.h"
#include "tests/conformance/client.h"
#include "tests/conformance/server_process.h"

namespace threadmill::conformance {

inline bool serves(const servers::ModelTraits& traits, std::string_view service) {
  return std::find(traits.services.begin(), traits.services.end(), service) != traits.services.end();
}

/// Names of the models with that service. Ceilings are left out where `real_only`: they promise no more than
/// speed.
inline std::vector<std::string> models_with(std::string_view service, bool real_only = true) {
  std::vector<std::string> names;
  for (const auto& model : servers::models()) {
    if (serves(model.traits, service) && !(real_only && model.traits.ceiling))
      names.emplace_back(model.traits.name);
  }
  return names;
}

/// gtest takes letters, digits and underscores only.
inline std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

inline std::vector<std::string> arguments(const std::string& model, const std::string& service,
                                          const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {"--model", model, "--service", service, "--port", "0"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace threadmill::conformance
