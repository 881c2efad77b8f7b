#pragma once
// What is said of a run as a whole: where it comes from, and what to know about it before its figures. Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "results/comparison/quietness.h"
#include "results/costs/request_cost.h"
#include "results/file/facts.h"
#include "results/file/store.h"
#include "results/study/study.h"

namespace threadmill::results {

struct Run {
  std::string label;  ///< the file's name without extension, made unique
  std::string file;   ///< the file's name without its folder
  std::string created;
  std::string version;  ///< of the tool, with its commit
  std::vector<std::string> arguments;
  std::uint64_t seed = 0;
  std::string kind;                ///< the verb that wrote the file: "run", "ab", "gate", "study" or "sweep"
  std::optional<Study> study;      ///< which it is of, where it is of one
  std::int64_t repeats = 0;        ///< of each trial; of a sweep: searches; 0 where blocks were run
  std::size_t blocks = 0;          ///< of ab and gate
  std::string instrument_problem;  ///< see instrument_problem(); empty where nothing speaks against it
  std::optional<double> loopback_bytes_per_s;  ///< what one connection copied in its self-test
  std::string server_host;  ///< another machine that servers ran on, see server_host(); "": that of the run
  std::vector<Fact> environment;
  std::vector<Fact> fairness;
  PrimitiveCosts primitives;  ///< of the machine, where they were measured; else empty
  std::map<std::string, std::vector<WorkItem>> work;  ///< what a request takes each model that was run
  bool complete = false;                              ///< the file ends with a complete run
  std::vector<std::string> warnings;                  ///< of reading it
  std::size_t trials = 0;
  std::size_t invalid_trials = 0;
  std::size_t disturbed_trials = 0;
  std::vector<Disturbance> quietness;  ///< what else the machine did, over all trials
};

/// All but the counts of its trials. The label is one that no run of `earlier` has.
Run describe_run(const ResultFile& file, const std::vector<Run>& earlier);

}  // namespace threadmill::results
