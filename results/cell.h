#pragma once
// The verdict on a cell, one subject in one scenario: what its figures are figures of.

#include <string>

#include "results/compare.h"

namespace threadmill::results {

enum class CellState {
  invalid,          ///< errors, messages lost or wrong, connections missing: nobody may compare it
  server_bound,     ///< the server gave all that it had
  generator_bound,  ///< the generator did: the server can do at least this
  latency_bound,    ///< neither was busy: the load asked for no more, or each waited for the other
  mixed,            ///< its trials disagree
  unknown,          ///< nobody can say (shared CPUs, an old file)
};

struct CellVerdict {
  CellState state = CellState::unknown;
  std::string reason;  ///< one sentence with the number that decides
};

CellVerdict judge_cell(const Row& row);

/// "server-bound", "latency-bound", ...: as tables and files have it.
std::string_view cell_state_name(CellState state);

}  // namespace threadmill::results
