#pragma once
// The gate protocol of `threadmill-load --gates`: whoever started it says when the next phase begins.

#include <iosfwd>

#include "loadgen/run.h"

namespace threadmill::load {

/// At each gate, writes {"gate":"connected"} as a line and waits for a line. The end of the input opens all
/// gates. Both streams must outlive it.
Gate line_gate(std::istream& in, std::ostream& out);

}  // namespace threadmill::load
