// HttpSession: answers that are HTTP, the same however the bytes arrive, and nothing left behind.

#include "servers/core/http_session.h"

#include <string>
#include <string_view>

#include "fuzz/expect.h"
#include "servers/core/local_fanout.h"
#include "tests/servers/members.h"

using namespace threadmill;

namespace {

/// A body that comes later than its header may be asked for.
void remove_all(std::string& text, std::string_view part) {
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at))
    text.erase(at, part.size());
}

std::string answers_to(std::string_view input, std::size_t step) {
  servers::LocalFanout topics;
  servers::EventHistory history({.topics = 8, .messages = 4, .bytes_per_topic = 400}, "e");
  const servers::WebTrust trust{.host = "h", .cors_origin = "http://o"};
  std::string answers;
  {
    servers::Outbox outbox(64 << 20);
    servers::OutboxMember self(outbox);
    servers::HttpSession session(topics, self, history, {.header_bytes = 300, .body_bytes = 200}, trust);
    auto verdict = servers::Verdict::keep;
    for (std::size_t at = 0; at < input.size() && verdict == servers::Verdict::keep; at += step) {
      verdict = session.on_bytes(input.substr(at, step), outbox);
      answers += servers::drain(outbox);
    }
    fuzz::expect(!outbox.overflowed(), "answers are bounded by what was asked");
  }
  fuzz::expect(topics.topics().empty(), "a session that ended has left its topics");
  fuzz::expect(history.topics().size() <= 8, "topics are bounded");
  remove_all(answers, "HTTP/1.1 100 Continue\r\n\r\n");
  return answers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string whole = answers_to(input, size + 1);
  fuzz::expect(whole.empty() || whole.starts_with("HTTP/1.1 "), "an answer is HTTP");
  for (const std::size_t step : {1U, 7U, 64U}) {
    fuzz::expect(answers_to(input, step) == whole, "answers do not depend on how the bytes arrive");
  }
  return 0;
}
