#include "harness/catalogue/services.h"

#include <nlohmann/json.hpp>

namespace threadmill::harness {

const std::vector<std::string_view>& service_names() {
  static const std::vector<std::string_view> names = {"echo", "chat", "web", "nats", "amqp"};
  return names;
}

std::vector<std::string_view> loads_of(std::string_view service) {
  if (service == "chat") return {"pubsub", "pubsub over rooms", "resp"};
  if (service == "web") return {"http", "pubsub over sse"};
  if (service == "nats") return {"pubsub over nats"};
  if (service == "amqp") return {"pubsub over amqp"};
  return {"echo"};
}

std::string name_of_load(const load::LoadTemplate& load) {
  const auto json = load::to_json(load);
  const auto driver = json.at("driver").get<std::string>();
  return json.contains("protocol") ? driver + " over " + json["protocol"].get<std::string>() : driver;
}

}  // namespace threadmill::harness
