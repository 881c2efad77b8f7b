#pragma once
// How figures went from run to run: each metric of each cell over the result files of a folder, the
// capacities that sweeps found, and where their level changed. Derived from the same comparison as a report's
// numbers.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "results/comparison/comparison.h"
#include "results/file/store.h"
#include "results/history/history_figure.h"

namespace threadmill::results {

/// The probability of calling any change among all those sought, where there is none.
inline constexpr double history_significance = 0.05;

/// One result file.
struct HistoryRun {
  std::string file;       ///< its name without the folder
  std::string created;    ///< UTC, as the file has it
  std::string commit;     ///< that the tool was built from; "" where the file does not say
  bool modified = false;  ///< built with changes that were not committed
  std::string machine;    ///< model of the CPU, how many are online, and which ones each side had
  std::string kernel;     ///< an update is a change of the same machine, and may be found as one
};

/// What one run says of a figure of a subject.
struct HistoryPoint {
  std::size_t run = 0;  ///< index into History::runs
  Spread spread;        ///< over the run's valid trials; of a capacity: over its searches
  Hidden hidden = Hidden::nothing;
};

/// From one point to the next the level changed, and stayed so.
struct HistoryChange {
  std::size_t at = 0;  ///< index of the first point after it
  double before = 0;   ///< median of the points since the change before, or since the first
  double after = 0;    ///< median of the points up to the next change, or to the last
  double p_value = 1;  ///< corrected for all that was tested beside it
  bool ceiling_too =
      false;  ///< the ceiling changed with the same run or the one beside it: so did the machine, perhaps
  bool held_back = false;  ///< the load generator hid what could turn it around
};

/// One figure of one subject in one scenario on one machine, in the order of time.
struct HistorySeries {
  std::string subject;
  bool ceiling = false;
  HistoryFigure figure;
  std::string machine;
  std::vector<HistoryPoint> points;
  std::vector<HistoryChange> changes;
  bool held_back = false;  ///< the load generator limited every point: changes would be its own, and are not
                           ///< sought
};

/// A cell that nobody may compare has no point, nor a capacity that no search came near.
struct LeftOutCell {
  std::size_t run = 0;
  std::string subject;
};

/// One experiment; the same name with another load is another one, and so is a sweep of it.
struct HistoryScenario {
  ScenarioComparison terms;    ///< without rows and verdicts; of a sweep, the scenario's name and load
  std::optional<Sweep> sweep;  ///< whose capacities they are, without rows; nothing where they are of trials
  std::vector<HistorySeries> series;
  std::vector<LeftOutCell> left_out;
};

struct History {
  std::vector<HistoryRun> runs;  ///< oldest first
  std::vector<HistoryScenario> scenarios;
  std::size_t tests = 0;        ///< series with enough points to be tested
  std::size_t runs_needed = 0;  ///< of each, so that a change could be found however many series are tested
};

/// What its series are of, each once, in the order in which they appear.
std::vector<HistoryFigure> figures_in(const HistoryScenario& scenario);

/// Gathers a history. Keeps figures and no trials, so that many large files can be added.
class HistoryBuilder {
 public:
  /// Returns "", or, where the file is a copy of a run that was added before, that run's file: a copy is no
  /// further run, and is left out.
  std::string add(const ResultFile& file);

  /// Of all that was added, in whatever order. A run's point is its median: trials of one run have more in
  /// common with each other than with another run's, and count as one. Changes are sought within a machine
  /// only.
  History build() const;

 private:
  struct AddedRun {
    HistoryRun run;
    std::vector<HistoryScenario> scenarios;  ///< series of one point each, of the run 0
    std::string identity;  ///< when, by what and how it was run; "" where the file does not say
  };

  std::vector<AddedRun> added_;
};

}  // namespace threadmill::results
