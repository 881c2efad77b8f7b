#pragma once
// Records of result files for tests, with round numbers.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "results/file/store.h"

namespace threadmill::results {

/// A HIST object that holds each of these nanoseconds so many times.
nlohmann::json histogram_of(const std::vector<std::int64_t>& nanoseconds, int times = 1);

/// A valid echo trial: `completed` requests in one second, 10 connections; 400 ms of server CPU, 100 + 100
/// switches; generator CPU 500 ms; 1 MiB PSS idle, 11 MiB loaded. 12,000 latencies of 1, 2 or 3 us.
nlohmann::json echo_trial(const std::string& subject, int repeat, std::uint64_t completed);

/// The generator was the limit of an echo trial.
void hold_back(nlohmann::json& trial);

/// The scenario "echo" of these subjects.
nlohmann::json echo_scenario(const std::vector<std::string>& subjects);

/// A result file of one echo scenario; one CPU for the server, one for the generator.
ResultFile result_file(const std::string& name, std::vector<nlohmann::json> trials);

}  // namespace threadmill::results
