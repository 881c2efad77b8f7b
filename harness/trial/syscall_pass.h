#pragma once
// A short run of the load in which the kernel counts system calls: apart from the measured window, for
// counting slows every one of them.

#include <nlohmann/json.hpp>

#include "harness/process/event_loop.h"
#include "harness/trial/load_run.h"
#include "harness/trial/trial_server.h"

namespace threadmill::harness {

/// The same plan made short: a fraction of a second, or a hundred messages of each client.
nlohmann::json counting_plan(const nlohmann::json& plan);

/// As in the result file, key "syscalls": what the server's processes did in that window, or why it cannot be
/// told. `run` is without a gate function. Never fails the trial; a server that dies of it will be found by
/// whoever looks next.
nlohmann::json count_syscalls(EventLoop& loop, LoadRun run, const nlohmann::json& plan, TrialServer& server);

}  // namespace threadmill::harness
