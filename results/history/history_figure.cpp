#include "results/history/history_figure.h"

namespace threadmill::results {

HistoryFigure figure_of(Metric metric) {
  const MetricTraits& traits = traits_of(metric);
  return {traits.name, traits.meaning, traits.better, metric};
}

HistoryFigure capacity_of(const Sweep& sweep) {
  if (sweep.over == "rate_per_s") {
    return {"capacity_per_s",
            "Requests (messages, where they are published) a second that the server carries under the "
            "service level.",
            Better::more, std::nullopt};
  }
  return {"capacity_connections",
          "Connections (subscribers, where messages are published) that the server carries under the service "
          "level.",
          Better::more, std::nullopt};
}

}  // namespace threadmill::results
