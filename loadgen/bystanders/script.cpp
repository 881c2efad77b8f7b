#include "loadgen/bystanders/script.h"

#include "protocol/resp_encode.h"

namespace threadmill::load {
namespace {

std::string half_of(const std::string& request) { return request.substr(0, request.size() / 2); }

}  // namespace

BystanderScript echo_script(std::uint32_t message_bytes) {
  BystanderScript script;
  script.request.assign(message_bytes, 'b');
  script.half_request = half_of(script.request);
  script.half_answer_bytes = script.half_request.size();
  return script;
}

BystanderScript resp_script(const std::vector<std::string>& command) {
  BystanderScript script;
  resp::append_array_header(script.request, command.size());
  for (const auto& word : command) resp::append_bulk(script.request, word);
  script.half_request = half_of(script.request);
  return script;
}

BystanderScript pubsub_script(std::string_view topic, std::uint32_t message_bytes) {
  BystanderScript script;
  resp::append_command(script.greeting, {"SUBSCRIBE", topic});
  resp::append_array_header(script.confirmation, 3);
  resp::append_bulk(script.confirmation, "subscribe");
  resp::append_bulk(script.confirmation, topic);
  resp::append_integer(script.confirmation, 1);
  std::string publish;
  resp::append_command(publish, {"PUBLISH", topic, std::string(message_bytes, 'b')});
  script.half_request = half_of(publish);
  return script;
}

BystanderScript http_script(std::string_view path) {
  BystanderScript script;
  script.request = "GET ";
  script.request += path;
  script.request += " HTTP/1.1\r\nHost: threadmill\r\n\r\n";
  script.half_request = half_of(script.request);
  return script;
}

}  // namespace threadmill::load
