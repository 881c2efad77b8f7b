#pragma once
// What every output of a gate says in the same words. Pure functions; names come out of them without control
// characters and in valid UTF-8, but not escaped for any format.

#include <string>

#include "results/gate/gate.h"

namespace threadmill::plots {

/// A name or a sentence from outside as one line of valid UTF-8, at most `most` characters long.
std::string gate_text(const std::string& text, std::size_t most = 60);

/// "epoll in echo-gate, cpu_us_per_request".
std::string cell_name(const results::GateCell& cell);

/// What decided on a cell, as one sentence.
std::string cell_reason(const results::GateCell& cell);

/// "+6.2 % (+4.0 to +8.1)": above zero it got worse; "–" where nothing could be estimated.
std::string worsening_words(const std::optional<results::RatioEstimate>& worsening);

/// The judgement on the whole as one sentence, which starts with the outcome's name.
std::string verdict_of_gate(const results::GateReport& report);

/// What was compared with what: "build-1 against baseline.jsonl, 48 s of measuring".
std::string what_was_judged(const results::GateReport& report);

}  // namespace threadmill::plots
