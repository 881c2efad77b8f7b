#pragma once
// `threadmill explain`: what a model is, what it cost where it was measured, when to choose it. Pure.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "plots/text/terminal_parts.h"
#include "results/comparison/comparison.h"
#include "servers/anatomy/anatomy.h"
#include "servers/registry.h"

namespace threadmill::harness {

/// What a model cost: the comparison of a result file that has it.
struct MeasuredCosts {
  results::Comparison comparison;
  std::string file;  ///< as people are told it
  bool here = true;  ///< on this machine
};

/// For a terminal. Where nothing was measured, it says the command that does.
std::string explanation_text(const servers::ModelTraits& model, const servers::Anatomy& anatomy,
                             const std::optional<MeasuredCosts>& measured, std::size_t columns);

/// The same as a document: {"model", "summary", "traits", "drawing", "parts": [{"label", "text"}],
/// "measured"}.
nlohmann::ordered_json explanation_json(const servers::ModelTraits& model, const servers::Anatomy& anatomy,
                                        const std::optional<MeasuredCosts>& measured);

/// The traits as people are shown them: [{"name", "value"}]. What a model has not is left out.
struct TraitText {
  std::string name;
  std::string value;
};
std::vector<TraitText> traits_in_words(const servers::ModelTraits& model);

}  // namespace threadmill::harness
