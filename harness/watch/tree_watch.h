#pragma once
// A process tree between two full looks at it, at a price that is set.

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <vector>

#include "harness/process/process_tree.h"

namespace threadmill::harness {

/// Knows the processes of a tree and reads little of them: CPU clocks at every point, everything else in turn
/// and as far as a budget reaches. For one thread.
class TreeWatch {
 public:
  explicit TreeWatch(pid_t root);

  /// From now on the tree is that of a snapshot.
  void restart(const TreeSnapshot& snapshot);

  /// One clock for each process that is known, one file for each that has children. CPU time never shrinks:
  /// what a process has used stays in the sum when it has ended, or comes back once its parent has reaped it.
  /// A process that is not known yet counts from when it is found, or else from when it is reaped. Memory and
  /// threads are those of each process's last visit.
  TreePoint point();

  /// Visits processes, the root first and then one after the other, to find their children and read their
  /// memory and threads; stops before the CPU time of this thread would exceed the budget. A process that is
  /// too dear waits until the budget is larger.
  void visit_some(std::int64_t budget_ns);

  std::vector<pid_t> processes() const;

 private:
  struct Known {
    ProcessState state;
    bool has_children = false;
    std::int64_t visit_cost_ns = 0;  // of the last visit
  };
  using Processes = std::map<pid_t, Known>;

  void read_accounts_of_parents();
  std::int64_t visit(Processes::iterator at);
  Processes::iterator next_to_visit();

  pid_t root_;
  pid_t last_visited_ = 0;
  std::int64_t cpu_ns_ = 0;  // of the last point
  Processes known_;
};

}  // namespace threadmill::harness
