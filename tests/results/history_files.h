#pragma once
// Result files of a history for tests.

#include <cstdint>
#include <string>
#include <vector>

#include "results/file/store.h"
#include "tests/results/sweep_records.h"

namespace threadmill::results {

/// The file run-07.jsonl of day 7: four trials of one subject in the scenario "echo" that answer about so
/// many requests each, a little more or less in each run; commit c07, on "CPU A" with kernel 6.1.
ResultFile history_file(int run, std::uint64_t completed, const std::string& subject = "epoll");

/// The same of a sweep: three searches for the capacity of each of these servers.
ResultFile history_sweep(int run, const std::vector<FakeServer>& servers);

/// What a history calls the machine of such a file with that CPU.
std::string history_machine(const std::string& cpu_model);

}  // namespace threadmill::results
