#include "harness/process/tree_guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "harness/process/descendants.h"
#include "harness/process/proc_file.h"

namespace threadmill::harness {
namespace {

constexpr std::size_t kBase = 256;
constexpr std::size_t kPerConnection = 4;

// proc(5), /proc/loadavg: "0.20 0.18 0.12 1/80 11206"; behind the slash stands how many threads there are.
// Finding the tree of a server with thousands of processes costs far more than this one file.
std::int64_t threads_of_the_machine() {
  const auto text = read_proc_file("/proc/loadavg");
  const auto slash = text.find('/');
  return slash == std::string::npos ? 0 : std::strtoll(text.c_str() + slash + 1, nullptr, 10);
}

}  // namespace

std::size_t most_processes(std::size_t connections) { return kBase + kPerConnection * connections; }

TreeGuard::TreeGuard(std::size_t connections)
    : connections_(connections),
      most_(most_processes(connections)),
      threads_before_(threads_of_the_machine()) {}

void TreeGuard::look() {
  if (has_struck()) return;
  const auto threads = threads_of_the_machine();
  threads_before_ = std::min(threads_before_, threads);
  // Half of the limit, because others' threads may have ended meanwhile. Where the file tells nothing, the
  // tree has to be counted each time.
  if (threads > 0 && threads - threads_before_ < static_cast<std::int64_t>(most_ / 2)) return;
  const auto count = count_descendants();
  if (count <= most_) return;
  found_ = count;
  kill_descendants();
}

std::string TreeGuard::describe() const {
  return fmt::format(
      "the server forks wildly: {} processes, of {} at the most ({}, and {} for each of {} "
      "connections)",
      found_, most_, kBase, kPerConnection, connections_);
}

}  // namespace threadmill::harness
