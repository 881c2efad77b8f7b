#pragma once
// The judgement of a gate as JUnit XML, which every CI system shows.

#include <string>

#include "results/gate/gate.h"

namespace threadmill::plots {

/// One test case for each cell. A regression is a `failure`: what was tested is worse. An invalid cell is an
/// `error`: the test could not be carried out; dashboards count both as failed. An inconclusive one is
/// `skipped`, with its reason: nothing was found, so that nobody shall be sent to look for a culprit; that it
/// fails the job is the exit code's doing. Figures are properties of their test case, in the unit of the
/// metric's name or as shares of 1.
std::string gate_junit_xml(const results::GateReport& report);

}  // namespace threadmill::plots
