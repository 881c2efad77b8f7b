#pragma once
// How servers fared where life is made hard for them: each against its own calm scenario. Pure functions.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "results/comparison/comparison.h"

namespace threadmill::results {

enum class Fared {
  held,            ///< nobody lost a connection, and the figure stayed within what the scenario allows
  degraded,        ///< the figure did not
  lost_clients,    ///< the server ended connections of clients that had done nothing to it
  failed,          ///< the cell is invalid: no figure of it counts
  not_applicable,  ///< the subject cannot take part
  not_run,         ///< the run has no trial of it
};

/// "held", "degraded", "lost clients", ...
std::string_view fared_name(Fared fared);

/// One subject in one scenario of behaviour.
struct BehaviourCell {
  Fared fared = Fared::not_run;
  std::optional<double>
      of_calm;  ///< its figure divided by that of the calm scenario: the median over repeats
  Hidden of_calm_hidden = Hidden::nothing;
  std::string reason;  ///< one sentence without a full stop; empty where the figure says all
};

/// A scenario that says what it is a test of.
struct BehaviourColumn {
  std::string name;
  std::string scenario;
  std::string title;
  std::string calm;  ///< the scenario that it is held against; empty: it is held if it is got through
  std::optional<Metric> metric;  ///< the figure that is compared
  double held_within = 1;        ///< the part of the calm figure that has to be kept
};

struct BehaviourRow {
  std::string subject;
  std::vector<BehaviourCell> cells;  ///< one for each column
};

/// Of one run.
struct BehaviourTable {
  std::size_t run = 0;
  std::vector<BehaviourColumn> columns;
  std::vector<BehaviourRow> rows;
};

/// One for each run that has scenarios of behaviour, in the order of the runs.
std::vector<BehaviourTable> behaviour_tables(const Comparison& comparison);

}  // namespace threadmill::results
