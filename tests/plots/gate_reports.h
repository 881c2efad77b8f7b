#pragma once
// Judgements as `threadmill gate` makes them, staged.

#include "results/gate/gate.h"

namespace threadmill::plots {

/// One cell of each outcome; the last one, which is invalid, has no figures.
results::GateReport gate_of_every_outcome();

/// One cell that passed.
results::GateReport passed_gate();

/// Names and sentences full of what formats take for their own, in every place where one can stand.
results::GateReport hostile_gate();
extern const std::string hostile_name;

/// `count` regressions.
results::GateReport gate_of_regressions(int count);

}  // namespace threadmill::plots
