#pragma once
// Where the texts of all ranks stand when rank 0 has them behind one another.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace threadmill::load {

/// As MPI_Gatherv takes them.
struct Gathered {
  std::vector<int> lengths;
  std::vector<int> starts;
  std::size_t total = 0;
};

/// Throws std::runtime_error, with the remedy, where it is more than MPI counts (int).
Gathered gathered(const std::vector<std::int64_t>& lengths);

}  // namespace threadmill::load
