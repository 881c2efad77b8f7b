// HTTP/1.1 GET. What it has in common with other protocols of one fixed request is in resp_driver_test.cpp.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loadgen/run.h"
#include "tests/loadgen/request_stream.h"

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;

Plan get_plan(std::uint32_t connections, std::uint64_t messages) {
  Plan plan;
  plan.driver = DriverKind::http;
  plan.requests.connections = connections;
  plan.requests.path = "/hello";
  plan.stop.messages = messages;
  plan.stall_timeout_s = 5;
  return plan;
}

/// A server that learns its port after it began to listen: the request names it.
class WebServer {
 public:
  explicit WebServer(std::function<FakeServer::Handler(const std::string& request)> make_handler)
      : server_([make_handler, handler = FakeServer::Handler()](FakeServer& server, int connection,
                                                                std::string_view bytes) mutable {
          if (!handler) {
            handler =
                make_handler(fmt::format("GET /hello HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", server.port()));
          }
          handler(server, connection, bytes);
        }) {}
  explicit WebServer(std::function<std::string(int number)> reply)
      : WebServer([reply](const std::string& request) { return replies(request, reply); }) {}

  LoadReport load(Plan plan) {
    plan.target = {"127.0.0.1", server_.port()};
    return run_load(plan);
  }

 private:
  FakeServer server_;
};

std::string response(std::string_view body, std::string_view more_fields = "",
                     std::string_view status = "200 OK") {
  return fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), more_fields, body);
}

std::string chunked(const std::vector<std::string>& chunks, std::string_view trailer = "") {
  std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto& chunk : chunks) text += fmt::format("{:x};why=not\r\n{}\r\n", chunk.size(), chunk);
  return text + fmt::format("0\r\n{}\r\n", trailer);
}

void expect_all_good(const LoadReport& report, std::uint64_t completed) {
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.completed, completed);
  EXPECT_EQ(report.integrity, Integrity{});
  EXPECT_EQ(report.errors, Errors{});
}

TEST(HttpDriver, CountsEveryResponseOfACorrectServer) {
  for (const auto& good : {response("hello"), response(""), response("hello", "Connection: keep-alive\r\n"),
                           chunked({"hel", "lo"}), chunked({"hello"}, "Trailer: 1\r\n"), chunked({})}) {
    WebServer server([good](int) { return good; });
    Plan plan = get_plan(5, 100);
    plan.requests.pipeline = 4;
    plan.threads = 2;
    expect_all_good(server.load(plan), 500);
  }
}

TEST(HttpDriver, TakesResponsesThatComeInParts) {
  for (const auto& good : {response("hello", "X: y\r\n"), chunked({"hel", "lo"}, "Trailer: 1\r\n")}) {
    WebServer server([good](const std::string& request) { return replies_in_parts(request, good); });
    expect_all_good(server.load(get_plan(2, 2 * good.size())), 4 * good.size());
  }
}

TEST(HttpDriver, HeaderFieldsAndChunksMayChange) {
  WebServer server([](const std::string& request) {
    return by_request(request, [](FakeServer& fake, int connection, int number) {
      // Every other response like the last, and every third one in parts.
      const std::string text = number % 5 == 4 ? chunked({"he", "llo"})
                                               : response("hello", fmt::format("Date: {}\r\n", number / 2));
      const std::size_t cut = number % 3 == 0 ? text.size() - 7 : 0;
      fake.send(connection, text.substr(0, cut));
      if (cut > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      fake.send(connection, text.substr(cut));
    });
  });
  expect_all_good(server.load(get_plan(3, 60)), 180);
}

TEST(HttpDriver, TakesBodiesLargerThanWhatIsReceivedAtOnce) {
  const std::string body(300'000, 'b');
  for (const auto& start : {response(body, "Date: "), chunked({body, body}, "Date: ")}) {
    WebServer server([start, body](int number) {
      // The date is inside the header, and at the end of the chunked one.
      std::string text = start;
      const auto date = text.find("Date: ");
      return text.insert(date + 6, fmt::format("{}\r\n", number / 5));
    });
    expect_all_good(server.load(get_plan(2, 20)), 40);
  }
}

TEST(HttpDriver, NoticesAWrongBodyEvenWhereTheHeaderIsNewToo) {
  WebServer server([](int number) {
    return response(number == 3 || number == 5 ? "jello" : "hello", number > 4 ? "Date: later\r\n" : "");
  });
  const LoadReport report = server.load(get_plan(1, 10));
  EXPECT_TRUE(report.complete());
  EXPECT_EQ(report.completed, 8U);
  EXPECT_EQ(report.integrity, (Integrity{.corrupt = 2}));
}

TEST(HttpDriver, NoticesABodyOfAnotherLength) {
  WebServer server([](int number) { return response(number == 3 ? "hello!" : "hello"); });
  EXPECT_EQ(server.load(get_plan(1, 10)).integrity, (Integrity{.corrupt = 1}));
}

TEST(HttpDriver, AnotherStatusFailsTheRunWithTheStatusLine) {
  for (const int which : {0, 3}) {
    WebServer server([which](int number) {
      return number == which ? response("no such page", "", "404 Not Found") : response("hello");
    });
    const LoadReport report = server.load(get_plan(1, 10));
    EXPECT_EQ(report.failure, "the server answered GET /hello with HTTP/1.1 404 Not Found");
    EXPECT_EQ(report.completed, static_cast<std::uint64_t>(which));
    EXPECT_EQ(report.errors, (Errors{.server = 1}));
    EXPECT_EQ(report.integrity, Integrity{});
  }
}

TEST(HttpDriver, AnErrorThatEndsTheConnectionIsToldAsTheError) {
  WebServer server([](int) { return std::string("HTTP/1.0 503 Busy\r\n\r\ngo away"); });
  const LoadReport report = server.load(get_plan(1, 10));
  EXPECT_EQ(report.failure, "the server answered GET /hello with HTTP/1.0 503 Busy");
  EXPECT_EQ(report.errors.server, 1U);
}

TEST(HttpDriver, ConnectionCloseIsAServerThatClosed) {
  WebServer server([](int number) { return response("hello", number == 3 ? "Connection: close\r\n" : ""); });
  const LoadReport report = server.load(get_plan(1, 10));
  EXPECT_THAT(report.failure.value_or(""), HasSubstr("messages_per_connection"));
  EXPECT_EQ(report.completed, 4U);
  EXPECT_EQ(report.errors, (Errors{.closed = 1}));
  EXPECT_EQ(report.integrity, Integrity{});
}

TEST(HttpDriver, ClosingInMidRunIsReported) {
  WebServer server([](const std::string& request) {
    return by_request(request, [](FakeServer& fake, int connection, int number) {
      fake.send(connection, number == 3 ? "HTTP/1.1 200 OK\r\nContent-Le" : response("hello"));
      if (number == 3) fake.close(connection);
    });
  });
  const LoadReport report = server.load(get_plan(1, 10));
  EXPECT_TRUE(report.failure);
  EXPECT_EQ(report.completed, 3U);
  EXPECT_EQ(report.errors.closed + report.errors.reset, 1U);
  EXPECT_EQ(report.integrity, (Integrity{.lost = 1}));
}

TEST(HttpDriver, WhatIsNoResponseFailsTheRun) {
  const std::string huge_header = "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n";
  for (const auto& [reply, says] : std::vector<std::pair<std::string, std::string>>{
           {"+PONG\r\n+PONG\r\n", "HTTP response"},
           {"HTTP/1.1 200 OK\r\n\r\nhello", "neither Content-Length nor chunks"},
           {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello",
            "HTTP response"},
           {"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nhello", "more than"},
           {huge_header, "more than 65536 bytes of header"}}) {
    WebServer server([reply = reply](int number) { return number == 3 ? reply : response("hello"); });
    const LoadReport report = server.load(get_plan(1, 10));
    EXPECT_THAT(report.failure.value_or(""), HasSubstr(says)) << reply.substr(0, 80);
    EXPECT_EQ(report.completed, 3U);
    EXPECT_EQ(report.errors, (Errors{.protocol = 1}));
  }
}

TEST(HttpDriver, NoticesWhatComesBehindTheLastResponse) {
  for (const std::string& more : {response("hello"), std::string("HTTP/1.1 2"), std::string("some junk")}) {
    WebServer server([more](int number) { return response("hello") + (number == 9 ? more : ""); });
    const LoadReport report = server.load(get_plan(1, 10));
    EXPECT_EQ(report.completed, 10U) << more;
    EXPECT_EQ(report.integrity, (Integrity{.corrupt = 1})) << more;
  }
}

TEST(HttpDriver, ClientsThatLeaveAfterSomeRequestsComeAnew) {
  WebServer server([](int number) { return response("hello", number == 5 ? "Connection: close\r\n" : ""); });
  Plan plan = get_plan(3, 20);
  plan.requests.messages_per_connection = 5;
  plan.measure_from = MeasureFrom::connect;
  const LoadReport report = server.load(plan);
  expect_all_good(report, 60);
  EXPECT_EQ(report.connect_time.count(), 12U);
}

}  // namespace
}  // namespace threadmill::load
