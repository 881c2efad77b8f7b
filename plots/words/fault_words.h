#pragma once
// What a scenario does to its server, for people.

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace threadmill::plots {

/// "killed 1 s into the window, and started again after 0.5 s"; "" for what this version does not know.
std::string fault_in_words(const nlohmann::json& fault);

}  // namespace threadmill::plots
