#pragma once
// The verdict on a cell, one subject in one scenario: what its figures are figures of.

#include <cstddef>
#include <string>
#include <string_view>

#include "results/comparison/comparison.h"

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
  std::string reason;  ///< one sentence, without a full stop, with the number that decides
};

/// The share of a cell's trials that may fail before the rest says nothing. A trial fails more easily while
/// the server is overloaded, so the ones that survive flatter it; one in ten is little enough to leave a
/// median where it was. With fewer than ten trials no failure is little.
inline constexpr double most_failed_share = 0.10;

/// From all trials of the row, invalid ones too. Invalid: no trial counts, messages were lost or wrong or
/// connections missing in any of them, or more than most_failed_share of them fail. Otherwise what more than
/// half of the valid trials say. Pure.
CellVerdict judge_cell(const Row& row);

/// Whether the row's figures may be put beside others'.
bool is_comparable(const Row& row);

/// "server-bound", "latency-bound", ...: as tables and files have it.
std::string_view cell_state_name(CellState state);

}  // namespace threadmill::results
