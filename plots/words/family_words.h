#pragma once
// What scenarios of one family have in common, in few words.

#include <string>
#include <vector>

#include "results/comparison/load_family.h"

namespace threadmill::plots {

/// "echo, 64-byte messages, 10 messages each, connecting included": for the heading of a panel. Not escaped.
std::string family_words(const results::LoadFamily& family);

/// Those of each family, in their order; where two are the same, a number tells them apart.
std::vector<std::string> family_headings(const std::vector<results::LoadFamily>& families);

/// A level of a factor with its unit: "1,000 connections", "4,096 bytes".
std::string level_text(results::Factor factor, double level);

}  // namespace threadmill::plots
