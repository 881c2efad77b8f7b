#include "loadgen/ranks/mpi_world.h"

#include <mpi.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

#include "loadgen/ranks/gathered.h"
#include "os/clock.h"

namespace threadmill::load {
namespace {

constexpr int kClockTag = 1;
constexpr int kRoundTrips = 200;

}  // namespace

MpiWorld::MpiWorld(int& argc, char**& argv) {
  int provided = 0;
  // The load's threads do not call MPI.
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  rank_ = static_cast<std::size_t>(rank);
  size_ = static_cast<std::size_t>(size);
}

MpiWorld::~MpiWorld() { MPI_Finalize(); }

void MpiWorld::abort(int status) {
  MPI_Abort(MPI_COMM_WORLD, status);
  std::abort();  // which MPI_Abort does not return to
}

std::string MpiWorld::host() const {
  std::array<char, MPI_MAX_PROCESSOR_NAME> name{};
  int length = 0;
  MPI_Get_processor_name(name.data(), &length);
  return {name.data(), static_cast<std::size_t>(length)};
}

std::string MpiWorld::broadcast(std::string text) {
  text.resize(static_cast<std::size_t>(broadcast(static_cast<std::int64_t>(text.size()))));
  MPI_Bcast(text.data(), static_cast<int>(text.size()), MPI_CHAR, 0, MPI_COMM_WORLD);
  return text;
}

std::int64_t MpiWorld::broadcast(std::int64_t number) {
  MPI_Bcast(&number, 1, MPI_INT64_T, 0, MPI_COMM_WORLD);
  return number;
}

std::vector<std::string> MpiWorld::gather(const std::string& text) {
  const auto length = static_cast<std::int64_t>(text.size());
  std::vector<std::int64_t> lengths(first() ? size_ : 0);
  MPI_Gather(&length, 1, MPI_INT64_T, lengths.data(), 1, MPI_INT64_T, 0, MPI_COMM_WORLD);
  // Before any is sent: the sum holds for each of them, too.
  const auto parts = gathered(lengths);
  std::string all(parts.total, '\0');
  MPI_Gatherv(text.data(), static_cast<int>(length), MPI_CHAR, all.data(), parts.lengths.data(),
              parts.starts.data(), MPI_CHAR, 0, MPI_COMM_WORLD);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    texts.push_back(
        all.substr(static_cast<std::size_t>(parts.starts[i]), static_cast<std::size_t>(lengths[i])));
  }
  return texts;
}

std::size_t MpiWorld::first_that(bool says) {
  int mine = static_cast<int>(says ? rank_ : size_);
  int lowest = 0;
  MPI_Allreduce(&mine, &lowest, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  return static_cast<std::size_t>(lowest);
}

ClockOffset MpiWorld::measure_clock() {
  ClockOffset mine;
  for (std::size_t rank = 1; rank < size_; ++rank) {
    if (first()) answer(rank);
    if (rank == rank_) mine = ask_rank_0();
    MPI_Barrier(MPI_COMM_WORLD);  // one pair at a time has the network
  }
  return mine;
}

ClockOffset MpiWorld::ask_rank_0() {
  std::int64_t shortest_ns = std::numeric_limits<std::int64_t>::max();
  std::int64_t ahead_ns = 0;
  for (int i = 0; i < kRoundTrips; ++i) {
    const std::int64_t asked_ns = os::monotonic_ns();
    std::int64_t theirs_ns = 0;
    MPI_Send(&asked_ns, 1, MPI_INT64_T, 0, kClockTag, MPI_COMM_WORLD);
    MPI_Recv(&theirs_ns, 1, MPI_INT64_T, 0, kClockTag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    const std::int64_t took_ns = os::monotonic_ns() - asked_ns;
    if (took_ns >= shortest_ns) continue;
    shortest_ns = took_ns;
    ahead_ns = asked_ns + took_ns / 2 - theirs_ns;
  }
  return {ahead_ns, shortest_ns / 2 + 1};
}

void MpiWorld::answer(std::size_t rank) {
  for (int i = 0; i < kRoundTrips; ++i) {
    std::int64_t number = 0;
    MPI_Recv(&number, 1, MPI_INT64_T, static_cast<int>(rank), kClockTag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    number = os::monotonic_ns();
    MPI_Send(&number, 1, MPI_INT64_T, static_cast<int>(rank), kClockTag, MPI_COMM_WORLD);
  }
}

}  // namespace threadmill::load
