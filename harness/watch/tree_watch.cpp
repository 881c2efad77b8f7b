#include "harness/watch/tree_watch.h"

#include <algorithm>

#include "harness/process/process_clock.h"
#include "os/clock.h"

namespace threadmill::harness {
namespace {

// Pids are given again; a pid and a time of birth are not.
bool is_same(const ProcessState& before, const ProcessState& now) {
  return before.start_ticks == 0 || before.start_ticks == now.start_ticks;
}

}  // namespace

TreeWatch::TreeWatch(pid_t root) : root_(root) { known_[root].state.pid = root; }

void TreeWatch::restart(const TreeSnapshot& snapshot) {
  known_.clear();
  known_[root_].state.pid = root_;
  for (const auto& state : snapshot.processes) {
    auto& known = known_[state.pid];
    known.state = state;
    known.has_children = state.reaped_cpu_ns > 0;
  }
  known_[root_].has_children = known_[root_].has_children || known_.size() > 1;
  cpu_ns_ = snapshot.point.cpu_ns;
}

// Before the clocks: a child that is reaped in between is missing from this point, and at the next one it is
// in its parent's account. The other way round it would be counted twice.
void TreeWatch::read_accounts_of_parents() {
  for (auto& [pid, known] : known_) {
    if (!known.has_children) continue;
    const auto now = read_process(pid);
    if (now.start_ticks != 0 && is_same(known.state, now)) known.state = now;
  }
}

TreePoint TreeWatch::point() {
  TreePoint point;
  point.t_ns = os::monotonic_ns();
  read_accounts_of_parents();
  for (auto at = known_.begin(); at != known_.end();) {
    const auto cpu_ns = process_cpu_ns(at->first);
    if (!cpu_ns && at->first != root_) {
      at = known_.erase(at);
      continue;
    }
    const auto& state = at->second.state;
    point.cpu_ns += cpu_ns.value_or(0) + state.reaped_cpu_ns;
    point.rss_bytes += state.rss_bytes;
    point.threads += state.threads;
    point.processes += 1;
    ++at;
  }
  cpu_ns_ = point.cpu_ns = std::max(point.cpu_ns, cpu_ns_);
  return point;
}

std::int64_t TreeWatch::visit(Processes::iterator at) {
  const auto start_ns = os::thread_cpu_ns();
  const pid_t pid = at->first;
  const auto now = read_process(pid);
  Known& known = at->second;
  if (!is_same(known.state, now) && pid != root_) {
    known_.erase(at);
    return os::thread_cpu_ns() - start_ns;
  }
  if (now.start_ticks != 0) known.state = now;
  std::vector<pid_t> children;
  append_children(children, pid);
  known.has_children = known.has_children || !children.empty() || now.reaped_cpu_ns > 0;
  for (const pid_t child : children) known_[child].state.pid = child;
  return known.visit_cost_ns = os::thread_cpu_ns() - start_ns;
}

TreeWatch::Processes::iterator TreeWatch::next_to_visit() {
  const auto next = known_.upper_bound(last_visited_);
  return next != known_.end() ? next : known_.begin();
}

void TreeWatch::visit_some(std::int64_t budget_ns) {
  const auto root = known_.find(root_);
  if (root->second.visit_cost_ns >= budget_ns) return;
  budget_ns -= visit(root);
  for (std::size_t left = known_.size(); left > 0; --left) {
    const auto next = next_to_visit();
    if (next->second.visit_cost_ns >= budget_ns) return;
    last_visited_ = next->first;
    if (next->first != root_) budget_ns -= visit(next);
  }
}

std::vector<pid_t> TreeWatch::processes() const {
  std::vector<pid_t> pids;
  for (const auto& [pid, known] : known_) pids.push_back(pid);
  return pids;
}

}  // namespace threadmill::harness
