#pragma once
// The options of `gate` that say what it leaves.

#include "plots/gate/gate_outputs.h"

namespace CLI {
class App;
}

namespace threadmill::harness {

/// Adds --junit, --markdown and --benchmark-json to `verb`, and sets in `paths` what the environment asks for
/// (GitHub Actions). `paths` outlives the parsing. A file that could not be written is refused before
/// anything is measured.
void add_gate_output_options(CLI::App& verb, plots::GateOutputPaths& paths);

}  // namespace threadmill::harness
