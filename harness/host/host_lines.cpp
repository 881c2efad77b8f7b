#include "harness/host/host_lines.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "harness/errors.h"
#include "json/error.h"
#include "json/strict_object.h"
#include "os/address.h"

namespace threadmill::harness {
namespace {

constexpr const char* kWhoSpeaks = "threadmill host";
const std::vector<std::string_view> kActions{"start",   "clock",  "watch", "gate",
                                             "samples", "settle", "state", "stop"};
const std::vector<std::string_view> kWaysToBeReady{"json_line", "connect"};
const std::vector<std::string_view> kStopWords{"SIGTERM", "SIGINT"};
// For a server to get ready, or to end.
constexpr std::uint32_t kMostPatienceMs = 600'000;

nlohmann::json parsed_or_discarded(const std::string& line) {
  return nlohmann::json::parse(line, nullptr, false);
}

std::vector<std::string> texts_if_any(const threadmill::json::StrictObject& fields, std::string_view key) {
  return fields.has(key) ? fields.texts(key) : std::vector<std::string>{};
}

nlohmann::json order_to_json(const ServerOrder& order) {
  const auto& subject = order.subject;
  nlohmann::json command = {{"name", subject.name},
                            {"command", subject.command},
                            {"ready", kWaysToBeReady.at(static_cast<std::size_t>(subject.ready))},
                            {"ready_within_ms", subject.ready_within.count()},
                            {"stop", kStopWords.at(subject.stop_signal == SIGINT ? 1 : 0)},
                            {"stop_within_ms", subject.stop_within.count()},
                            {"package", subject.package},
                            {"is_model", subject.is_model}};
  if (!subject.needs.empty()) command["needs"] = subject.needs;
  nlohmann::json document = {{"subject", command},
                             {"service", order.service},
                             {"address", order.place.address},
                             {"connections", order.connections}};
  if (!order.words.empty()) document["words"] = order.words;
  return document;
}

std::chrono::milliseconds read_patience(const threadmill::json::StrictObject& fields, std::string_view key) {
  return std::chrono::milliseconds(fields.integer32(key, 1, kMostPatienceMs));
}

Subject read_ordered_subject(const threadmill::json::StrictObject& fields) {
  Subject subject;
  subject.name = fields.nonempty_text("name");
  subject.command = fields.texts("command");
  subject.ready = static_cast<ReadyBy>(fields.choice("ready", kWaysToBeReady));
  subject.ready_within = read_patience(fields, "ready_within_ms");
  subject.stop_signal = fields.choice("stop", kStopWords) == 1 ? SIGINT : SIGTERM;
  subject.stop_within = read_patience(fields, "stop_within_ms");
  subject.needs = texts_if_any(fields, "needs");
  subject.package = fields.text("package");
  subject.is_model = fields.boolean("is_model", false);
  return subject;
}

void check_address(const threadmill::json::StrictObject& fields, const std::string& address) try {
  const os::SocketAddress valid(address, 0);
} catch (const std::invalid_argument&) {
  fields.fail("address", "must be an address in digits");
}

ServerOrder read_order(const threadmill::json::StrictObject& fields) {
  ServerOrder order;
  order.subject =
      read_ordered_subject(fields.object("subject", {"name", "command", "ready", "ready_within_ms", "stop",
                                                     "stop_within_ms", "needs", "package", "is_model"}));
  order.service = fields.nonempty_text("service");
  order.place.address = fields.nonempty_text("address");
  check_address(fields, order.place.address);
  order.connections = fields.integer("connections", 0, std::numeric_limits<std::uint32_t>::max());
  order.words = texts_if_any(fields, "words");
  return order;
}

}  // namespace

std::string line_of(const nlohmann::json& object) {
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string to_line(const HostFacts& facts) {
  return line_of(nlohmann::json{{"threadmill_host", kHostProtocol},
                                {"environment", facts.environment},
                                {"server_cpus", facts.server_cpus}});
}

HostFacts parse_host_facts(const std::string& line) try {
  const auto hello = parsed_or_discarded(line);
  if (hello.is_object() && hello.contains("threadmill_host") && hello.at("threadmill_host") != kHostProtocol)
    throw InputError("has another version of threadmill; build the same one there");
  const threadmill::json::StrictObject fields(hello, kWhoSpeaks,
                                              {"threadmill_host", "environment", "server_cpus"});
  fields.at("threadmill_host");
  constexpr int most_cpus = 1 << 16;
  HostFacts facts{fields.at("environment"), fields.integers("server_cpus", 0, most_cpus)};
  if (!facts.environment.is_object()) fields.fail("environment", "must be an object");
  return facts;
} catch (const threadmill::json::JsonError&) {
  throw InputError(
      fmt::format("answered with what is no line of `threadmill host`: {}", line.substr(0, 200)));
}

std::string to_line(const HostRequest& request) {
  nlohmann::json json = {{"do", kActions.at(static_cast<std::size_t>(request.action))}};
  if (request.action == HostAction::start) json["order"] = order_to_json(request.order);
  if (request.action == HostAction::gate) json["gate"] = request.gate;
  return line_of(json);
}

HostRequest parse_host_request(const std::string& line) try {
  const auto json = parsed_or_discarded(line);
  if (!json.is_object()) {
    throw InputError(fmt::format("{}: this line is no JSON object: {}", kWhoSpeaks, line.substr(0, 200)));
  }
  const threadmill::json::StrictObject fields(json, kWhoSpeaks, {"do", "order", "gate"});
  HostRequest request;
  request.action = static_cast<HostAction>(fields.choice("do", kActions));
  if (request.action == HostAction::start)
    request.order =
        read_order(fields.object("order", {"subject", "service", "address", "connections", "words"}));
  if (request.action == HostAction::gate) request.gate = fields.nonempty_text("gate");
  return request;
} catch (const threadmill::json::JsonError& error) {
  throw InputError(error.what());
}

}  // namespace threadmill::harness
