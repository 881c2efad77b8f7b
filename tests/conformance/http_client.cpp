#include "tests/conformance/http_client.h"

#include <algorithm>
#include <cstdlib>

namespace threadmill::conformance {
namespace {

std::size_t content_length(std::string_view header) {
  constexpr std::string_view kName = "\r\nContent-Length: ";
  const auto at = header.find(kName);
  if (at == std::string_view::npos) return 0;
  return std::strtoull(std::string(header.substr(at + kName.size(), 20)).c_str(), nullptr, 10);
}

/// The lines of a block, each taken apart at its colon.
SseEvent parse_block(std::string_view block) {
  SseEvent event;
  while (!block.empty()) {
    const auto end = std::min(block.find('\n'), block.size());
    const auto line = block.substr(0, end);
    block.remove_prefix(std::min(end + 1, block.size()));
    if (line.starts_with("id: ")) event.id = line.substr(4);
    if (line.starts_with("event: ")) event.type = line.substr(7);
    if (line.starts_with("data: ")) event.data = line.substr(6);
  }
  return event;
}

}  // namespace

HttpAnswer HttpClient::read_answer() {
  HttpAnswer answer;
  answer.header = client_.read_until("\r\n\r\n");
  if (answer.header.size() < 12) return answer;
  answer.status = std::atoi(answer.header.c_str() + 9);
  answer.body = client_.read(content_length(answer.header));
  return answer;
}

HttpAnswer HttpClient::ask(const std::string& method, const std::string& target, const std::string& fields,
                           const std::string& body) {
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields;
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  send(text + "\r\n" + body);
  return read_answer();
}

HttpAnswer HttpClient::publish(const std::string& topic, const std::string& text) {
  return ask("POST", "/topics/" + topic + "/messages", "Content-Type: application/json\r\n",
             R"({"data":")" + text + "\"}");
}

EventClient::EventClient(std::uint16_t port, const std::string& query, const std::string& fields)
    : client_(port) {
  client_.send("GET /events?" + query + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields + "\r\n");
  header_ = client_.read_until("\r\n\r\n");
}

SseEvent EventClient::next() {
  while (true) {
    const auto block = next_block();
    if (block.empty()) return {};
    auto event = parse_block(block);
    if (!event.data.empty() && event.type != "here") return event;
  }
}

std::string EventClient::next_block() {
  std::string block = client_.read_until("\n\n");
  if (!block.ends_with("\n\n")) return {};  // the end of the stream: what has no end is no event
  block.resize(block.size() - 2);
  return block;
}

}  // namespace threadmill::conformance
