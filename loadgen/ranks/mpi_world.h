#pragma once
// The other processes of an MPI job.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "loadgen/ranks/rank_report.h"

namespace threadmill::load {

/// MPI_COMM_WORLD. Every member function but the first few is collective: all ranks call it, in the same
/// order, from their main thread. An error of MPI ends the job (MPI-4.0, 9.3): a rank that dies takes the
/// others with it, and no report is written. One at a time.
class MpiWorld {
 public:
  MpiWorld(int& argc, char**& argv);
  ~MpiWorld();
  MpiWorld(const MpiWorld&) = delete;
  MpiWorld& operator=(const MpiWorld&) = delete;

  /// Ends all processes of the job.
  [[noreturn]] void abort(int status);

  std::size_t rank() const { return rank_; }
  std::size_t size() const { return size_; }
  bool first() const { return rank_ == 0; }
  std::string host() const;

  /// Rank 0's text, in all of them.
  std::string broadcast(std::string text);
  std::int64_t broadcast(std::int64_t number);
  /// The texts of all ranks, in rank 0; nothing in the others. Throws as gathered() does, in rank 0.
  std::vector<std::string> gather(const std::string& text);
  /// The lowest rank that says true; size() when none does. None goes on before all have come.
  std::size_t first_that(bool says);

  /// This rank's clock against that of rank 0, by the shortest of many round trips (F. Cristian, 1989).
  ClockOffset measure_clock();

 private:
  ClockOffset ask_rank_0();
  void answer(std::size_t rank);

  std::size_t rank_ = 0;
  std::size_t size_ = 1;
};

}  // namespace threadmill::load
