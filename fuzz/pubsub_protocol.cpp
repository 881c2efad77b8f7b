// What publishers and subscribers read, in each protocol: within its input, with a reason where one is due;
// what is incomplete stays so until more comes, and what is whole does not depend on what follows.

#include "loadgen/pubsub_protocol.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/expect.h"

using namespace threadmill;
using load::Answer;
using load::Greeting;
using load::Push;

namespace {

constexpr std::size_t kPayloadBytes = 64;

void check_greeting(const Greeting& greeting, std::string_view input) {
  const bool bad =
      greeting.status == Greeting::Status::refused || greeting.status == Greeting::Status::malformed;
  fuzz::expect(greeting.reason.empty() != bad, "a greeting that is refused says why");
  if (greeting.status != Greeting::Status::confirmed) return;
  fuzz::expect(greeting.bytes > 0 && greeting.bytes <= input.size(), "a greeting takes some of its input");
}

void check_answers(const load::PubsubProtocol& protocol, std::string_view input) {
  std::vector<Answer> answers;
  const std::size_t used = protocol.read_answers(input, answers);
  fuzz::expect(used <= input.size(), "answers are in the input");
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const bool malformed = answers[i].kind == Answer::Kind::malformed;
    fuzz::expect(!malformed || i + 1 == answers.size(), "what is malformed is the last");
    fuzz::expect(!malformed || !answers[i].text.empty(), "what is malformed says why");
  }
  std::vector<Answer> again;
  fuzz::expect(protocol.read_answers(input.substr(0, used), again) == used, "what was read is read again");
}

void check_push(const load::PubsubProtocol& protocol, std::string_view input) {
  Push push;
  protocol.read_push(input, kPayloadBytes, push);
  if (push.kind == Push::Kind::incomplete) return;
  if (push.kind == Push::Kind::malformed) {
    fuzz::expect(!push.text.empty(), "what is malformed says why");
    return;
  }
  fuzz::expect(push.bytes > 0 && push.bytes <= input.size(), "a push takes some of its input");
  Push alone;
  protocol.read_push(input.substr(0, push.bytes), kPayloadBytes, alone);
  fuzz::expect(alone.kind == push.kind && alone.bytes == push.bytes && alone.payload == push.payload &&
                   alone.topic == push.topic,
               "what follows a push does not change it");
}

std::vector<std::unique_ptr<load::PubsubProtocol>> all_protocols() {
  std::vector<std::unique_ptr<load::PubsubProtocol>> protocols;
  protocols.push_back(load::resp_pubsub());
  protocols.push_back(load::confirmed_resp_pubsub());
  protocols.push_back(load::sse_pubsub({"127.0.0.1", 8080}));
  protocols.push_back(load::nats_pubsub());
  protocols.push_back(load::room_pubsub());
  if (load::has_amqp()) protocols.push_back(load::amqp_pubsub());
  return protocols;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto protocols = all_protocols();
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const auto& protocol : protocols) {
    check_greeting(protocol->read_subscriber_greeting(input), input);
    check_greeting(protocol->read_publisher_greeting(input), input);
    check_answers(*protocol, input);
    if (!input.empty()) check_push(*protocol, input);
  }
  return 0;
}
