#include "results/trial/load_kind.h"

#include "results/file/json_access.h"

namespace threadmill::results {

LoadKind kind_of_load(const nlohmann::json& load) {
  LoadKind kind;
  const std::string process = text_at(load, "/arrivals/process");
  kind.pubsub = text_at(load, "/driver") == "pubsub";
  kind.open = !process.empty() && process != "closed";
  kind.paced = kind.open || number_at(load, "/arrivals/think_us").value_or(0) > 0;
  kind.main_metric = kind.pubsub ? Metric::deliveries_per_s : Metric::requests_per_s;
  kind.main_latency = kind.pubsub ? (kind.paced ? Latency::delivery_response : Latency::delivery)
                                  : (kind.paced ? Latency::response : Latency::service);
  return kind;
}

}  // namespace threadmill::results
