#pragma once
// Gates at which the processes of a run wait for each other.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "loadgen/ranks/mpi_world.h"
#include "loadgen/run.h"

namespace threadmill::load {

/// All ranks pass each gate of the plan together, and go on at the same time by their clocks. Where one has
/// failed, the others fail at the next gate. In the main thread.
class RankGates {
 public:
  /// `inner`: what rank 0 has to ask at each gate, once all have come.
  RankGates(MpiWorld& world, const Plan& plan, ClockOffset clock, Gate inner)
      : world_(world), left_(gates_of(plan).size()), clock_(clock), inner_(std::move(inner)) {}

  /// For run_threads(). Throws where another rank has failed.
  void pass(std::string_view name);

  /// When the run has returned: a run that has failed meets no further gates, but others wait for it there.
  void end(bool failed);

  /// The rank whose failure ended this one's run, if that was it.
  std::optional<std::size_t> ended_by() const { return ended_by_; }

  /// How much later than the others it went on, where that was most: it was told too late when.
  std::int64_t late_ns() const { return late_ns_; }

 private:
  /// The lowest rank that has failed; the number of ranks where none has.
  std::size_t meet(bool failed);

  MpiWorld& world_;
  std::size_t left_;
  ClockOffset clock_;
  Gate inner_;
  std::optional<std::size_t> ended_by_;
  std::int64_t late_ns_ = 0;
};

}  // namespace threadmill::load
