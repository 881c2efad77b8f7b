#pragma once
// What a scenario's network is like, as a part of a sentence.

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace threadmill::plots {

/// "across a network with 10 ms (give or take 2 ms) of delay, 1 % loss, 100 Mbit/s in each direction", from
/// the scenario's key "network". Pure.
std::string network_in_words(const nlohmann::json& network);

}  // namespace threadmill::plots
