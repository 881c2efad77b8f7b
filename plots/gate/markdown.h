#pragma once
// The judgement of a gate as a short section of Markdown, for the summary of a job or a comment.

#include <string>

#include "results/gate/gate.h"

namespace threadmill::plots {

std::string gate_markdown(const results::GateReport& report);

}  // namespace threadmill::plots
