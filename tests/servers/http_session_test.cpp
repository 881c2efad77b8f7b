#include "servers/core/http_session.h"

#include <gmock/gmock.h>

#include "servers/core/channel.h"
#include "tests/servers/web_client.h"

namespace threadmill::servers {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class HttpSessionTest : public testing::Test {
 protected:
  WebStage stage;
  WebClient client{stage};
};

TEST_F(HttpSessionTest, TopicsComeAndGo) {
  EXPECT_EQ(body_of(client.ask("GET", "/topics")), R"({"topics":[]})");
  EXPECT_EQ(status_of(client.ask("GET", "/topics/a")), 404);
  EXPECT_EQ(status_of(client.ask("PUT", "/topics/a")), 201);
  EXPECT_EQ(status_of(client.ask("PUT", "/topics/a")), 200);
  EXPECT_EQ(body_of(client.ask("GET", "/topics")), R"({"topics":[{"topic":"a","subscribers":0}]})");
  EXPECT_EQ(body_of(client.ask("GET", "/topics/a")),
            R"({"topic":"a","subscribers":0,"history":0,"last_id":"e-0"})");
  EXPECT_THAT(client.ask("DELETE", "/topics/a"), AllOf(StartsWith("HTTP/1.1 204 "), EndsWith("\r\n\r\n")));
  EXPECT_EQ(status_of(client.ask("DELETE", "/topics/a")), 404);
  EXPECT_EQ(client.verdict, Verdict::keep);
}

TEST_F(HttpSessionTest, AStreamReceivesWhatIsPublished) {
  WebClient stream(stage);
  const auto header = stream.ask("GET", "/events?topic=a&topic=b");
  EXPECT_THAT(header, AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("Content-Type: text/event-stream\r\n"),
                            EndsWith("retry: 1000\nevent: here\nid: e-0\ndata: {}\n\n")));
  EXPECT_EQ(body_of(client.post("a", R"({"data":"hi"})")), R"({"id":"e-1","receivers":1})");
  EXPECT_EQ(body_of(client.post("c", R"({"data":"hi"})")), R"({"id":"e-2","receivers":0})");
  EXPECT_EQ(body_of(client.post("b", "raw", "application/octet-stream")), R"({"id":"e-3","receivers":1})");
  EXPECT_EQ(stream.hear(),
            "id: e-1\ndata: {\"topic\":\"a\",\"data\":\"hi\"}\n\n"
            "id: e-3\ndata: {\"topic\":\"b\",\"data\":\"raw\"}\n\n");
  EXPECT_EQ(stream.say("GET / HTTP/1.1\r\n"), "") << "a stream is one-way";
}

TEST_F(HttpSessionTest, AStreamResumesBehindTheLastId) {
  for (const char* text : {"1", "2"}) client.post("a", std::string(R"({"data":")") + text + "\"}");
  WebClient by_header(stage);
  EXPECT_THAT(by_header.ask("GET", "/events?topic=a&after=0", "Last-Event-ID: e-1\r\n"),
              EndsWith("\r\n\r\nid: e-2\ndata: {\"topic\":\"a\",\"data\":\"2\"}\n\nretry: 1000\nevent: "
                       "here\nid: e-2\ndata: {}\n\n"));
  WebClient by_address(stage);
  EXPECT_THAT(by_address.ask("GET", "/events?topic=a&after=0"), HasSubstr("\r\n\r\nid: e-1\n"));
}

TEST_F(HttpSessionTest, AStreamThatEndsHasLeft) {
  {
    WebClient stream(stage);
    stream.ask("GET", "/events?topic=a");
    EXPECT_EQ(stage.topics.member_count(SseFace("a").name()), 1U);
  }
  EXPECT_TRUE(stage.topics.topics().empty());
}

TEST_F(HttpSessionTest, AnswersPipelinedRequestsInOrderHoweverTheyAreSplit) {
  const std::string requests =
      "PUT /topics/a HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "POST /topics/a/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 14\r\n\r\n{\"data\":\"one\"}"
      "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "GET /topics HTTP/1.0\r\n\r\n";
  WebStage whole_stage;
  const std::string answers = WebClient(whole_stage).say(requests);
  EXPECT_THAT(answers, AllOf(StartsWith("HTTP/1.1 201 "), HasSubstr("HTTP/1.1 404 "),
                             HasSubstr(R"("id":"e-1")"), HasSubstr("Connection: close\r\n")));
  for (std::size_t cut = 1; cut < requests.size(); ++cut) {
    WebStage again;
    WebClient split(again);
    const std::string before = split.say(requests.substr(0, cut));
    EXPECT_EQ(before + split.say(requests.substr(cut)), answers) << cut;
    EXPECT_EQ(split.verdict, Verdict::close) << "HTTP/1.0 does not keep a connection by itself";
  }
}

TEST_F(HttpSessionTest, ABodyThatWaitsIsAskedFor) {
  EXPECT_EQ(client.say("POST /topics/a/messages HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                       "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n"),
            "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(status_of(client.say("{\"data\":\"x\"}")), 200);
}

TEST_F(HttpSessionTest, WhatIsTooLongIsRefusedWithItsLimit) {
  const auto header = client.ask("GET", "/", "X: " + std::string(500, 'x') + "\r\n");
  EXPECT_EQ(status_of(header), 431);
  EXPECT_THAT(header, HasSubstr("500 bytes"));
  EXPECT_EQ(client.verdict, Verdict::close);
  WebClient other(stage);
  const auto body =
      other.say("POST /topics/a/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 101\r\n\r\n");
  EXPECT_EQ(status_of(body), 413);
  EXPECT_THAT(body, HasSubstr("100 bytes"));
  EXPECT_EQ(other.verdict, Verdict::close);
}

TEST_F(HttpSessionTest, AHeaderThatNeverEndsIsBoundedHoweverItComes) {
  std::string answer = client.say("GET / HTTP/1.1\r\nHost: localhost\r\n");
  for (int i = 0; i < 1000 && answer.empty(); ++i) answer = client.say("X: x\r\n");
  EXPECT_EQ(status_of(answer), 431);
}

TEST_F(HttpSessionTest, WhatIsNotHttpIsToldSo) {
  for (const char* text :
       {"PING\r\n", "\x16\x03\x01\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/2.0\r\nHost: localhost\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"}) {
    WebClient odd(stage);
    EXPECT_EQ(status_of(odd.say(text)), 400) << text;
    EXPECT_EQ(odd.verdict, Verdict::close) << text;
  }
  for (const char* coding : {"chunked", "gzip", "chunked, x\r\nContent-Length: 5"}) {
    WebClient coded(stage);
    EXPECT_EQ(status_of(coded.ask("POST", "/topics/a/messages",
                                  "Transfer-Encoding: " + std::string(coding) + "\r\n")),
              411)
        << coding;
  }
}

TEST_F(HttpSessionTest, AForeignPageCanNeitherPublishNorListen) {
  const std::string foreign = "Origin: https://evil.example\r\nContent-Type: application/json\r\n";
  EXPECT_EQ(status_of(client.ask("POST", "/topics/a/messages", foreign, R"({"data":"x"})")), 403);
  EXPECT_EQ(status_of(client.ask("GET", "/events?topic=a", foreign)), 403);
  const std::string silent = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n";
  EXPECT_EQ(status_of(client.ask("GET", "/events?topic=a", silent)), 403);
  EXPECT_EQ(status_of(client.ask("GET", "/", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n")),
            200)
      << "somebody followed a link to our page";
  // What a form can send without asking first.
  for (const char* type :
       {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"}) {
    EXPECT_EQ(status_of(client.post("a", R"({"data":"x"})", type)), 415) << type;
  }
  EXPECT_EQ(status_of(client.say("GET /topics HTTP/1.1\r\nHost: evil.example\r\n\r\n")), 421);
  EXPECT_FALSE(stage.history.keeps("a"));
}

TEST_F(HttpSessionTest, CorsIsOffUnlessAskedFor) {
  const std::string origin = "Origin: https://good.example\r\n";
  EXPECT_EQ(status_of(client.ask("OPTIONS", "/topics/a/messages", origin)), 403);
  stage.trust.cors_origin = "https://good.example";
  const auto preflight = client.ask("OPTIONS", "/topics/a/messages", origin);
  EXPECT_THAT(preflight,
              AllOf(StartsWith("HTTP/1.1 204 "), HasSubstr("Access-Control-Allow-Methods: POST, OPTIONS\r\n"),
                    HasSubstr("Access-Control-Allow-Origin: https://good.example\r\n")));
  WebClient stream(stage);
  EXPECT_THAT(stream.ask("GET", "/events?topic=a", origin),
              HasSubstr("Access-Control-Allow-Origin: https://good"));
}

TEST_F(HttpSessionTest, AMethodThatAPathDoesNotTakeIsToldWhichItDoes) {
  EXPECT_THAT(client.ask("POST", "/topics/a"),
              AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: GET, PUT, DELETE, OPTIONS\r\n")));
  EXPECT_EQ(status_of(client.ask("HEAD", "/events?topic=a")), 405);
}

TEST_F(HttpSessionTest, HeadIsGetWithoutItsBody) {
  const auto head = client.ask("HEAD", "/topics");
  const auto get = client.ask("GET", "/topics");
  EXPECT_EQ(head + body_of(get), get);
}

TEST_F(HttpSessionTest, MessagesAndTopicsHaveAForm) {
  for (const char* body : {"", "x", "[]", "{}", R"({"data":1})", R"({"data":"x","more":1})"}) {
    EXPECT_EQ(status_of(client.post("a", body)), 400) << body;
  }
  EXPECT_EQ(status_of(client.ask("PUT", "/topics/" + std::string(21, 't'))), 400);
  EXPECT_EQ(status_of(client.ask("PUT", "/topics/%00sse:a")), 400);
  EXPECT_EQ(status_of(client.ask("GET", "/events")), 400);
  EXPECT_EQ(status_of(client.ask("GET", "/events?topic=a&topic=b&topic=c&topic=d")), 400);
}

TEST_F(HttpSessionTest, ANewTopicTakesThePlaceOfOneThatNobodyHears) {
  WebClient listener(stage);
  EXPECT_EQ(status_of(listener.ask("GET", "/events?topic=a&topic=b")), 200);
  for (const char* topic : {"c", "d", "e"}) {
    EXPECT_EQ(status_of(client.ask("PUT", std::string("/topics/") + topic)), 201) << topic;
  }
  EXPECT_EQ(status_of(client.ask("GET", "/topics/c")), 404);
  EXPECT_EQ(status_of(client.ask("GET", "/topics/a")), 200);
  WebClient another(stage);
  EXPECT_EQ(status_of(another.ask("GET", "/events?topic=f&topic=g")), 200) << "both at once";
  EXPECT_TRUE(stage.history.keeps("f"));
  EXPECT_TRUE(stage.history.keeps("g"));
}

TEST_F(HttpSessionTest, BoundsTheTopics) {
  WebClient first(stage), second(stage);
  EXPECT_EQ(status_of(first.ask("GET", "/events?topic=a&topic=b")), 200);
  EXPECT_EQ(status_of(second.ask("GET", "/events?topic=c&topic=d")), 200);
  EXPECT_EQ(status_of(client.ask("PUT", "/topics/e")), 507);
  EXPECT_EQ(status_of(client.post("e", R"({"data":"x"})")), 507);
  EXPECT_EQ(status_of(client.ask("GET", "/events?topic=e")), 507);
}

TEST_F(HttpSessionTest, ThePageLoadsNothingFromElsewhere) {
  for (const char* path : {"/", "/chat.js", "/event_stream.js", "/room.js", "/chat.css"}) {
    EXPECT_THAT(client.ask("GET", path),
                AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("Content-Security-Policy: default-src 'none'"),
                      HasSubstr("X-Content-Type-Options: nosniff"), Not(HasSubstr("https://"))))
        << path;
  }
}

}  // namespace
}  // namespace threadmill::servers
