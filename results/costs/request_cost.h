#pragma once
// CPU time for one request, predicted from what the model does for it and from what each piece of that costs.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "results/costs/primitive_costs.h"

namespace threadmill::results {

/// A piece of work that a model says a request takes (servers/request_work.h), as a result file's header has
/// it.
struct WorkItem {
  std::string work;   ///< "receive", "epoll_turn", ...
  std::string often;  ///< "request", "task_switch" or "turn"
  double times = 1;
};

/// The list of one model; what is no such list is left out.
std::vector<WorkItem> work_items(const nlohmann::json& list);

/// What was counted in the trials that the prediction is for.
struct RequestCounts {
  double connections = 0;
  double message_bytes = 0;
  std::optional<double> threads;               ///< of the server, over all of its processes
  std::optional<double> syscalls_per_request;  ///< nothing where they could not be counted
  std::optional<double> switches_per_request;
};

/// One piece of a prediction.
struct CostPart {
  std::string work;
  double times = 0;  ///< for each request
  double us = 0;     ///< of all of these times
};

struct PredictedCost {
  std::vector<CostPart> parts;
  std::string problem;  ///< why nothing is predicted; empty where something is

  double us() const;
};

/// Whether the model knows what that work costs: for tests of the registry's lists.
bool is_priced(const std::string& work);

/// Pure. Context switches and turns are as often as they were counted: what the load made of the model is
/// measured, what each costs is not taken from the trial.
PredictedCost predict_request_cost(const std::vector<WorkItem>& work, const PrimitiveCosts& primitives,
                                   const RequestCounts& counts);

}  // namespace threadmill::results
