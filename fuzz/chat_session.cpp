// ChatSession and the lobby behind it: answers that are RESP2, the same however the bytes arrive, for who
// sends them and for those who hear of it; and nothing left behind.

#include "servers/core/chat_session.h"

#include <string>
#include <string_view>

#include "fuzz/expect.h"
#include "protocol/resp_reply.h"
#include "servers/core/lobby.h"
#include "servers/core/local_fanout.h"
#include "tests/servers/members.h"

using namespace threadmill;

namespace {

/// A connection of somebody.
struct Person {
  explicit Person(servers::Fanout& topics) : session(topics, self, {}) {}
  servers::Verdict send(std::string_view bytes) {
    const auto verdict = session.on_bytes(bytes, outbox);
    fuzz::expect(!outbox.overflowed(), "answers are bounded by what was asked");
    return verdict;
  }
  servers::Outbox outbox{64 << 20};
  servers::OutboxMember self{outbox};
  servers::ChatSession session;
};

/// What each has received in the end.
struct Heard {
  std::string sender, member, subscriber;
  bool operator==(const Heard&) const = default;
};

Heard hear(std::string_view input, std::size_t step) {
  servers::LocalFanout topics;
  servers::LobbyLimits limits;
  limits.rooms = 4;
  limits.rooms_of_member = 2;
  limits.history = 3;
  limits.unconfirmed = 2;
  servers::Lobby lobby(limits, topics);
  topics.lead_to(lobby);
  Heard heard;
  {
    Person member(topics), subscriber(topics), sender(topics);
    member.send("NICK ana\r\nJOIN sala\r\n");
    subscriber.send("SUBSCRIBE t room:sala\r\n");
    auto verdict = servers::Verdict::keep;
    for (std::size_t at = 0; at < input.size() && verdict == servers::Verdict::keep; at += step) {
      verdict = sender.send(input.substr(at, step));
    }
    member.send("ACK 5ba92df478eb2341\r\n");  // of "oi"
    heard = {servers::drain(sender.outbox), servers::drain(member.outbox), servers::drain(subscriber.outbox)};
  }
  fuzz::expect(topics.topics().empty(), "a session that ended has left its topics");
  servers::RecordingMember other;
  fuzz::expect(lobby.run(other, std::vector<std::string_view>{"WHO"}) == "*0\r\n",
               "a session that ended has left the lobby");
  return heard;
}

void expect_resp(std::string_view bytes) {
  while (!bytes.empty()) {
    resp::Reply reply;
    const auto result = resp::parse_reply(bytes, reply);
    fuzz::expect(result.status == resp::ReplyStatus::complete, "what is received is RESP2, and whole");
    bytes.remove_prefix(result.consumed);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const Heard whole = hear(input, size + 1);
  for (const auto& bytes : {whole.sender, whole.member, whole.subscriber}) expect_resp(bytes);
  for (const std::size_t step : {1U, 7U, 64U}) {
    fuzz::expect(hear(input, step) == whole, "what is heard does not depend on how the bytes arrive");
  }
  return 0;
}
