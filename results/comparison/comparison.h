#pragma once
// From the trials of result files to the numbers that a report shows. The only place that derives numbers:
// views format what they find here. Pure functions; every thread may call them.

#include <initializer_list>
#include <vector>

#include "results/comparison/row.h"
#include "results/comparison/run.h"
#include "results/comparison/scenario_comparison.h"
#include "results/file/store.h"
#include "results/sweep/sweep.h"

namespace threadmill::results {

struct Comparison {
  std::vector<Run> runs;
  std::vector<ScenarioComparison> scenarios;
  std::vector<Sweep> sweeps;
};

Comparison compare(const std::vector<ResultFile>& files);

/// A result file where it stands: it is not copied. Not explicit, for compare({baseline, candidate}).
struct FileRef {
  FileRef(const ResultFile& which) : file(&which) {}
  const ResultFile* file;
};

/// The same, of a few.
Comparison compare(std::initializer_list<FileRef> files);

}  // namespace threadmill::results
