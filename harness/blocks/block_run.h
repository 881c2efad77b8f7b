#pragma once
// Ordinary trials in ordinary ABBA blocks, one block after the other until it is enough: what `ab` and `gate`
// are made of.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/catalogue/scenario.h"
#include "harness/catalogue/subject.h"
#include "harness/runs/result_start.h"
#include "results/file/store.h"

namespace threadmill::harness {

/// What runs in blocks.
struct BlockPlan {
  std::string kind;                    ///< of the result file: "ab" or "gate"
  std::vector<std::string> arguments;  ///< as typed
  std::vector<Scenario> scenarios;     ///< with the subjects that they run
  std::vector<Subject> subjects;       ///< all that occur, each once
  std::uint64_t seed = 1;     ///< of the order, as of a run with as many repeats, and of the payloads
  double time_s = 60;         ///< no block begins that would probably end later
  std::filesystem::path out;  ///< the result file to create
};

/// A run of blocks so far.
struct BlockRun {
  results::ResultFile file;  ///< as it is on the disk
  std::size_t blocks = 0;    ///< whole ones
  double took_s = 0;         ///< since its start
  bool interrupted = false;  ///< by a signal: finished trials are kept, and the user was told
};

/// Asked after blocks whether it is enough, and may tell the user how far it is with the line that it
/// sets.
using Enough = std::function<bool(const BlockRun& so_far, std::string& line)>;

/// Blocks that an interval of 95 % takes at the least: all of six differences have the same sign in 1 of 32
/// cases when there is no difference, of five in 1 of 16.
inline constexpr int kFewestBlocks = 6;

/// Blocks after which a subject is given up of which half of the trials or more failed: it needs no full
/// minute to be found out, and one failure that passes is none.
inline constexpr std::size_t kBlocksToGiveUp = 3;

/// Whether to ask again: after each of the first ten blocks, then whenever there are a tenth more than the
/// last time. So the work of judging grows as the blocks do, and not as their square.
bool is_worth_asking(std::size_t blocks, std::size_t asked_after);

/// Whether a run has a subject that is to be given up.
bool is_hopeless(const BlockRun& run);

/// Throws InputError, naming --time, where the planned times of the trials leave no room for kFewestBlocks;
/// or when a subject cannot be started on this machine.
void check_block_plan(const BlockPlan& plan);

/// Runs blocks until it is enough, hopeless, or the time is up, and ends the file. Failed trials are in it as
/// such. Throws results::ResultError, or InputError before the first block when a subject does not start.
BlockRun run_blocks(const BlockPlan& plan, const Enough& enough);

}  // namespace threadmill::harness
