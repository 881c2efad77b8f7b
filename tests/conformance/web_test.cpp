#include "protocol/resp_encode.h"
#include "tests/conformance/every_model.h"
#include "tests/conformance/http_client.h"

namespace threadmill::conformance {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::string data_of(const std::string& topic, const std::string& text) {
  return R"({"topic":")" + topic + R"(","data":")" + text + "\"}";
}

class Web : public testing::TestWithParam<std::string> {
 protected:
  std::vector<std::string> web(const std::vector<std::string>& more = {}) {
    return arguments(GetParam(), "web", more);
  }
  std::vector<std::string> beside_chat(std::vector<std::string> more = {}) {
    more.push_back("--web");
    more.push_back("0");
    return arguments(GetParam(), "chat", more);
  }
};
INSTANTIATE_TEST_SUITE_P(Models, Web, testing::ValuesIn(single_loop_models_with("web")), test_name);

TEST_P(Web, ServesRequestsOnConnectionsThatStayOpen) {
  ServerProcess server(web());
  EXPECT_EQ(server.web_port(), server.port());
  HttpClient client(server.port());
  EXPECT_EQ(client.ask("PUT", "/topics/a").status, 201);
  EXPECT_EQ(client.ask("GET", "/topics").body, R"({"topics":[{"topic":"a","subscribers":0}]})");
  EXPECT_THAT(client.ask("GET", "/").body, HasSubstr("<title>Chat</title>"));
  EXPECT_EQ(client.ask("DELETE", "/topics/a").status, 204);
  EXPECT_EQ(client.ask("GET", "/nothing").status, 404);
  client.send("GET /topics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_P(Web, AnswersPipelinedRequestsInOrder) {
  ServerProcess server(web());
  HttpClient client(server.port());
  std::string requests;
  for (int i = 0; i < 200; ++i) {
    requests += "PUT /topics/t" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }
  client.send(requests);
  for (int i = 0; i < 200; ++i) {
    EXPECT_THAT(client.read_answer().body, StartsWith(R"({"topic":"t)" + std::to_string(i) + "\""));
  }
}

TEST_P(Web, EveryStreamHearsItsTopicsInOrderInEveryFlush) {
  for (const auto kind : flushes_of(GetParam())) {
    const std::string flush = kind == servers::FlushKind::delay ? "delay:2ms" : std::string(to_string(kind));
    SCOPED_TRACE(flush);
    ServerProcess server(web({"--flush", flush}));
    EventClient one(server.port(), "topic=a");
    EventClient both(server.port(), "topic=a&topic=b");
    EXPECT_THAT(both.header(), AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("text/event-stream")));
    HttpClient publisher(server.port());
    for (int i = 0; i < 200; ++i) {
      const auto answer = publisher.publish(i % 2 == 0 ? "a" : "b", std::to_string(i));
      ASSERT_THAT(answer.body, HasSubstr(i % 2 == 0 ? R"("receivers":2)" : R"("receivers":1)"));
    }
    for (int i = 0; i < 200; ++i) {
      const std::string topic = i % 2 == 0 ? "a" : "b";
      ASSERT_EQ(both.next().data, data_of(topic, std::to_string(i)));
      if (topic == "a") {
        ASSERT_EQ(one.next().data, data_of(topic, std::to_string(i)));
      }
    }
  }
}

TEST_P(Web, AStreamResumesFromAnyOfItsIds) {
  ServerProcess server(web());
  std::vector<std::string> ids;
  EventClient all(server.port(), "topic=a&topic=b");
  HttpClient publisher(server.port());
  // Pipelined, so that a batching model has batches of both topics.
  std::string requests;
  for (int i = 0; i < 40; ++i) {
    requests += "POST /topics/" + std::string(i % 3 == 0 ? "a" : "b") +
                "/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
                "Content-Length: 2\r\n\r\n" +
                std::to_string(10 + i);
  }
  publisher.send(requests);
  for (int i = 0; i < 40; ++i) ASSERT_EQ(publisher.read_answer().status, 200);
  std::vector<std::string> seen;
  for (int i = 0; i < 40; ++i) {
    const auto event = all.next();
    ids.push_back(event.id);
    seen.push_back(event.data);
  }
  for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
    EventClient resumed(server.port(), "topic=a&topic=b", "Last-Event-ID: " + ids[i] + "\r\n");
    for (std::size_t k = i + 1; k < ids.size(); ++k) ASSERT_EQ(resumed.next().data, seen[k]) << i;
  }
}

// What is dropped from the middle of a stream could never be asked for again.
TEST_P(Web, ASlowStreamIsCutOffAndResumesWhereOthersAreDroppedFrom) {
  ServerProcess server(web(
      {"--slow-consumer", "drop", "--max-message", "100000", "--outbox", "400000", "--log", "connections"}));
  EventClient slow(server.port(), "topic=a");
  HttpClient http(server.port());
  const std::string text(60'000, 'x');
  for (int i = 0; i < 300; ++i) ASSERT_EQ(http.publish("a", text).status, 200);  // more than sockets hold
  std::uint64_t seen = 0;
  std::string last_id;
  for (SseEvent event = slow.next(); !event.data.empty(); event = slow.next()) {
    last_id = event.id;
    ASSERT_EQ(std::stoull(last_id.substr(last_id.find('-') + 1)), ++seen) << "a hole that nobody is told of";
  }
  EXPECT_LT(seen, 300U);
  EventClient resumed(server.port(), "topic=a", "Last-Event-ID: " + last_id + "\r\n");
  EXPECT_EQ(resumed.next().type, "gap");
  EXPECT_EQ(server.stop(), 0);
  auto counts = server.counts();
  EXPECT_EQ(counts["slow_disconnected"], 1U);
  EXPECT_EQ(counts["deliveries_dropped"], 0U);
}

TEST_P(Web, ASilentStreamHearsTheHeart) {
  ServerProcess server(beside_chat({"--web-heartbeat", "0.05"}));
  EventClient stream(server.web_port(), "topic=a");
  EXPECT_THAT(stream.next_block(), StartsWith("retry: "));
  EXPECT_EQ(stream.next_block(), ":");
  EXPECT_EQ(stream.next_block(), ":");
}

TEST_P(Web, ChatAndWebTalkToEachOther) {
  ServerProcess server(beside_chat());
  ASSERT_NE(server.web_port(), 0);
  Client redis(server.port());
  redis.send("SUBSCRIBE t\r\n");
  redis.read_until(":1\r\n");
  EventClient stream(server.web_port(), "topic=t");
  EXPECT_THAT(stream.next_block(), StartsWith("retry: "));
  HttpClient http(server.web_port());
  EXPECT_THAT(http.publish("t", "from the web").body, HasSubstr(R"("receivers":2)"));
  std::string pushed;
  resp::append_message_push(pushed, "t", "from the web");
  EXPECT_EQ(redis.read(pushed.size()), pushed);
  Client publisher(server.port());
  EXPECT_EQ(publisher.ask("PUBLISH t 'from the chat'\r\n", ":2\r\n"), ":2\r\n");
  EXPECT_EQ(stream.next().data, data_of("t", "from the web"));
  EXPECT_EQ(stream.next().data, data_of("t", "from the chat"));
  const std::string numbers = "*2\r\n$1\r\nt\r\n:2\r\n";
  EXPECT_EQ(publisher.ask("PUBSUB NUMSUB t\r\n", numbers), numbers);
  const std::string channels = "*1\r\n$1\r\nt\r\n";
  EXPECT_EQ(publisher.ask("PUBSUB CHANNELS\r\n", channels), channels);
}

TEST_P(Web, LimitsAreToldAndHurtNobodyElse) {
  ServerProcess server(web({"--max-message", "1000", "--max-connections", "3"}));
  HttpClient bystander(server.port());
  EXPECT_EQ(bystander.ask("GET", "/topics").status, 200);
  HttpClient long_body(server.port());
  EXPECT_EQ(long_body.ask("POST", "/topics/a/messages", "Content-Length: 1001\r\n").status, 413);
  EXPECT_EQ(long_body.read_to_end(), "");
  HttpClient second(server.port());
  HttpClient third(server.port());
  EXPECT_EQ(second.ask("GET", "/topics").status, 200);
  EXPECT_EQ(third.ask("GET", "/topics").status, 200);
  HttpClient fourth(server.port());
  EXPECT_EQ(fourth.read_answer().status, 503);
  EXPECT_EQ(bystander.ask("GET", "/topics").status, 200);
}

TEST_P(Web, AForeignPageIsRefused) {
  ServerProcess server(web());
  HttpClient client(server.port());
  const std::string fields = "Origin: https://evil.example\r\nContent-Type: application/json\r\n";
  EXPECT_EQ(client.ask("POST", "/topics/a/messages", fields, R"({"data":"x"})").status, 403);
  EXPECT_EQ(
      client.ask("POST", "/topics/a/messages", "Content-Type: text/plain\r\n", R"({"data":"x"})").status,
      415);
  EXPECT_EQ(client.ask("GET", "/topics").body, R"({"topics":[]})");
}

TEST_P(Web, AnOriginAndAHostNameAreLetInByTheirOptions) {
  ServerProcess server(web({"--web-cors", "https://good.example", "--web-host", "chat.example"}));
  HttpClient page(server.port());
  const auto answer = page.ask("GET", "/topics", "Origin: https://good.example\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.header, HasSubstr("Access-Control-Allow-Origin: https://good.example\r\n"));
  EXPECT_EQ(page.ask("GET", "/topics", "Origin: https://evil.example\r\n").status, 403);
  HttpClient named(server.port());
  named.send("GET /topics HTTP/1.1\r\nHost: chat.example:8080\r\n\r\n");
  EXPECT_EQ(named.read_answer().status, 200);
  named.send("GET /topics HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(named.read_answer().status, 421);
}

TEST_P(Web, SigtermEndsStreamsAndBothDoors) {
  ServerProcess server(beside_chat());
  EventClient stream(server.web_port(), "topic=a");
  Client chat(server.port());
  EXPECT_EQ(chat.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(stream.next().data, "");
  EXPECT_EQ(server.counts()["accepted"], 2U);
}

TEST(WebCommandLine, TheGatewayNeedsAChatAndALoop) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"--model", "epoll", "--service", "echo", "--web", "0"}, "--web goes with --service chat"},
      {{"--model", "fork", "--service", "chat", "--web", "0"},
       "--web: model fork has no single event loop to serve it; choose "},
      {{"--model", "thread", "--service", "web"}, "model thread serves only echo, chat"},
      {{"--model", "epoll", "--service", "web", "--web-cors", "https://example.org/"},
       "--web-cors https://example.org/: no origin"},
      {{"--model", "epoll", "--service", "web", "--web-cors", "example.org"}, "--web-cors example.org: no"},
      {{"--model", "epoll", "--service", "web", "--web-cors", "https://a.example,https://b.example"},
       "one only"},
      {{"--model", "epoll", "--service", "web", "--web-host", "my.host:8080"},
       "--web-host my.host:8080: no name of a host"},
  };
  for (const auto& [words, complaint] : cases) {
    ServerProcess server(words);
    EXPECT_EQ(server.wait(), 2) << complaint;
    EXPECT_THAT(server.errors(), HasSubstr(complaint));
  }
}

TEST(WebCommandLine, TheModelsThatCanAreThoseOfTheRegistry) {
  ServerProcess server({"--model", "fork", "--service", "chat", "--web", "0"});
  EXPECT_EQ(server.wait(), 2);
  for (const auto& model : servers::models()) {
    const bool told = server.errors().find(" " + std::string(model.traits.name),
                                           server.errors().find("choose")) != std::string::npos;
    EXPECT_EQ(told, serves(model.traits, "web")) << model.traits.name;
  }
}

}  // namespace
}  // namespace threadmill::conformance
