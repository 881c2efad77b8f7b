#pragma once
// A session of the web service, and what it answers.

#include <string>
#include <string_view>

#include "servers/core/http_session.h"
#include "servers/core/local_fanout.h"
#include "tests/servers/members.h"

namespace threadmill::servers {

/// What sessions of one server share.
struct WebStage {
  LocalFanout topics;
  EventHistory history{{.topics = 4, .messages = 3, .bytes_per_topic = 1000}, "e"};
  WebLimits limits{.header_bytes = 500, .body_bytes = 100, .topic_bytes = 20, .stream_topics = 3};
  WebTrust trust;
};

/// A connection.
class WebClient {
 public:
  explicit WebClient(WebStage& stage)
      : session_(stage.topics, self_, stage.history, stage.limits, stage.trust) {}

  /// What the session answers to bytes.
  std::string say(std::string_view bytes) {
    verdict = session_.on_bytes(bytes, outbox_);
    return drain(outbox_);
  }
  /// What has come since.
  std::string hear() { return drain(outbox_); }

  /// `fields`: further lines, each with its CRLF.
  std::string ask(const std::string& method, const std::string& target, const std::string& fields = {},
                  const std::string& body = {}) {
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields;
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return say(text + "\r\n" + body);
  }

  std::string post(const std::string& topic, const std::string& body,
                   const std::string& type = "application/json") {
    return ask("POST", "/topics/" + topic + "/messages", "Content-Type: " + type + "\r\n", body);
  }

  Verdict verdict = Verdict::keep;

 private:
  Outbox outbox_{1 << 20};
  OutboxMember self_{outbox_};
  HttpSession session_;
};

inline int status_of(const std::string& answer) { return std::stoi(answer.substr(9, 3)); }

inline std::string body_of(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : answer.substr(end + 4);
}

}  // namespace threadmill::servers
