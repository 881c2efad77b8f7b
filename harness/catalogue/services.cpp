#include "harness/catalogue/services.h"

namespace threadmill::harness {

const std::vector<std::string_view>& service_names() {
  static const std::vector<std::string_view> names = {"echo", "chat", "web"};
  return names;
}

std::vector<std::string_view> drivers_of(std::string_view service) {
  if (service == "chat") return {"pubsub", "resp"};
  if (service == "web") return {"http"};
  return {"echo"};
}

}  // namespace threadmill::harness
