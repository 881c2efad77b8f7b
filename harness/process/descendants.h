#pragma once
// Everything that this process has started, directly or not, and how it is surely ended.

#include <cstddef>

namespace threadmill::harness {

/// From now on orphans among our descendants become our children (prctl(2), PR_SET_CHILD_SUBREAPER), so that
/// none of them escapes, not even by setsid and a double fork.
void adopt_orphans();

/// Makes sure that nothing outlives this command, even where it is killed by signal 9: it becomes two
/// processes, of which the child returns from here, adopts orphans and goes on. The parent only passes
/// signals on to it, waits for it, kills what it left behind, removes abandoned scratch folders and ends as
/// it did; should the parent be killed, the child is interrupted as by SIGTERM. Also ignores SIGPIPE. To be
/// called once, before there are threads, children and event loops. Throws std::system_error where no process
/// can be had.
void become_guardian();

/// How many descendants there are now, dead ones that nobody has reaped included.
std::size_t count_descendants();

/// Kills all descendants: stops them first, so that one that forks cannot run ahead of its killer. Reaps
/// nobody, takes about a second at the most, and what forks fast enough may need kill_leftover_children().
void kill_descendants();

/// Kills and reaps every descendant that is left; for when none should be. Takes ten seconds at the most, and
/// returns how many withstood (a process that waits in the kernel does). Not while a ChildProcess exists.
std::size_t kill_leftover_children();

}  // namespace threadmill::harness
