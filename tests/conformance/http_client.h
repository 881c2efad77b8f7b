#pragma once
// A small client of HTTP/1.1 and of server-sent events.

#include <string>
#include <string_view>

#include "tests/conformance/client.h"

namespace threadmill::conformance {

struct HttpAnswer {
  int status = 0;  ///< 0: the connection ended first
  std::string header;
  std::string body;
};

/// One connection, which stays open between requests.
class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port) : client_(port) {}

  void send(std::string_view bytes) { client_.send(bytes); }
  /// Reads an answer that tells its Content-Length, or has no body.
  HttpAnswer read_answer();
  HttpAnswer ask(const std::string& method, const std::string& target, const std::string& fields = {},
                 const std::string& body = {});
  /// Publishes text that needs no escapes.
  HttpAnswer publish(const std::string& topic, const std::string& text);
  /// The end of the connection, and what came before it.
  std::string read_to_end() { return client_.read_to_end(); }

 private:
  Client client_;
};

struct SseEvent {
  std::string id;
  std::string type;  ///< empty: a message
  std::string data;
};

/// A connection that has asked for events.
class EventClient {
 public:
  /// `query`: "topic=a&topic=b". Reads the header of the answer.
  EventClient(std::uint16_t port, const std::string& query, const std::string& fields = {});

  const std::string& header() const { return header_; }
  /// The next event with data; those without, comments, and where the stream begins are passed over. Empty
  /// when the stream ends.
  SseEvent next();
  /// The next block, whatever it is, without its empty line.
  std::string next_block();

 private:
  Client client_;
  std::string header_;
};

}  // namespace threadmill::conformance
