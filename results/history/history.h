#pragma once
// How figures went from run to run: each metric of each cell over the result files of a folder, and where its
// level changed. Derived from the same comparison as a report's numbers.

#include <cstddef>
#include <string>
#include <vector>

#include "results/comparison/comparison.h"
#include "results/file/store.h"

namespace threadmill::results {

/// The probability of calling any change among all those sought, where there is none.
inline constexpr double history_significance = 0.05;

/// One result file.
struct HistoryRun {
  std::string file;       ///< its name without the folder
  std::string created;    ///< UTC, as the file has it
  std::string commit;     ///< that the tool was built from; "" where the file does not say
  bool modified = false;  ///< built with changes that were not committed
  std::string machine;    ///< model of the CPU and version of the kernel
};

/// What one run says of a metric of a cell.
struct HistoryPoint {
  std::size_t run = 0;    ///< index into History::runs
  Spread spread;          ///< over the run's valid trials
  bool at_least = false;  ///< a rate that the load generator limited: the server can do at least this
};

/// From one point to the next the level changed, and stayed so.
struct HistoryChange {
  std::size_t at = 0;  ///< index of the first point after it
  double before = 0;   ///< median of the points since the change before, or since the first
  double after = 0;    ///< median of the points up to the next change, or to the last
  double p_value = 1;  ///< corrected for all that was tested beside it
  bool ceiling_too =
      false;  ///< the ceiling changed with the same run or the one beside it: so did the machine, perhaps
};

/// One metric of one subject in one scenario on one machine, in the order of time.
struct HistorySeries {
  std::string subject;
  bool ceiling = false;
  Metric metric = Metric::requests_per_s;
  std::string machine;
  std::vector<HistoryPoint> points;
  std::vector<HistoryChange> changes;
};

/// A cell that nobody may compare has no point.
struct LeftOutCell {
  std::size_t run = 0;
  std::string subject;
};

/// One experiment; the same name with another load is another one.
struct HistoryScenario {
  ScenarioComparison terms;  ///< without rows and verdicts
  std::vector<HistorySeries> series;
  std::vector<LeftOutCell> left_out;
};

struct History {
  std::vector<HistoryRun> runs;  ///< oldest first
  std::vector<HistoryScenario> scenarios;
  std::size_t tests = 0;        ///< series with enough points to be tested
  std::size_t runs_needed = 0;  ///< of each, so that a change could be found however many series are tested
};

/// Gathers a history. Keeps figures and no trials, so that many large files can be added.
class HistoryBuilder {
 public:
  void add(ResultFile file);

  /// Of all that was added, in whatever order. A run's point is its median: trials of one run have more in
  /// common with each other than with another run's, and count as one. Changes are sought within a machine
  /// only.
  History build() const;

 private:
  struct Cell {
    std::string subject;
    bool ceiling = false;
    bool comparable = false;
    bool at_least = false;
    PerMetric<Spread> spreads;
  };
  struct RunScenario {
    ScenarioComparison terms;
    std::vector<Cell> cells;
  };
  struct AddedRun {
    HistoryRun run;
    std::vector<RunScenario> scenarios;
  };
  static RunScenario figures_of(ScenarioComparison scenario);
  static void add_points(const RunScenario& figures, std::size_t run, const std::string& machine,
                         HistoryScenario& scenario);

  std::vector<AddedRun> added_;
};

}  // namespace threadmill::results
