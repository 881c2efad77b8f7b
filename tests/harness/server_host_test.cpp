#include "harness/host/server_host.h"

#include <gmock/gmock.h>

#include "harness/errors.h"
#include "harness/host/host_lines.h"
#include "harness/host/host_session.h"
#include "tests/support/thrown.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ServerHost, IsAHostsNameAndNothingThatAnAgentTakesForAnOption) {
  EXPECT_FALSE(parse_server_host("", "").any());
  EXPECT_EQ(parse_server_host("node-2.example", "").name, "node-2.example");
  for (const char* name : {"-oProxyCommand=x", "a,b", "a:2", "a b", "a;b", "me@a"}) {
    SCOPED_TRACE(name);
    EXPECT_THAT(thrown_by<InputError>([&] { parse_server_host(name, ""); }), HasSubstr("--server-host"));
  }
  EXPECT_THAT(thrown_by<InputError>([] { parse_server_host("a", "  "); }), HasSubstr("--rsh"));
}

TEST(ServerHost, IsReachedByTheWordsOfAnAgent) {
  EXPECT_THAT(host_command(parse_server_host("b", ""), "/p/threadmill"),
              ElementsAre("ssh", "-o", "BatchMode=yes", "b", "/p/threadmill", "host"));
  EXPECT_THAT(host_command(parse_server_host("b", " ip netns  exec"), "/p/threadmill"),
              ElementsAre("ip", "netns", "exec", "b", "/p/threadmill", "host"));
}

// ssh hands the words to a shell of the other host.
TEST(ServerHost, APathThatAShellWouldTakeApartIsQuoted) {
  EXPECT_EQ(host_command(parse_server_host("b", ""), "/my build's/$x")[4], R"('/my build'\''s/$x')");
}

TEST(ServerHost, HasAnAddressOrIsRefusedNamingTheOptionThatGivesIt) {
  EXPECT_EQ(address_of_host({"192.0.2.7", ""}), "192.0.2.7");
  EXPECT_THAT(thrown_by<InputError>([] {
                address_of_host({"host.invalid", ""});
              }),
              AllOf(HasSubstr("host.invalid"), HasSubstr("--server-address")));
}

ServerOrder an_order() {
  ServerOrder order;
  order.subject.name = "redis-server";
  order.subject.command = {"redis-server", "--port", "{port}"};
  order.subject.ready = ReadyBy::connect;
  order.subject.ready_within = std::chrono::seconds(60);
  order.subject.stop_signal = SIGINT;
  order.subject.stop_within = std::chrono::seconds(30);
  order.subject.needs = {"sh"};
  order.subject.package = "redis";
  order.service = "chat";
  order.connections = 12;
  order.words = {"--work", "5ms"};
  order.place.address = "192.0.2.7";
  return order;
}

TEST(HostLines, AnOrderArrivesAsItWasSent) {
  const auto sent = an_order();
  const auto request = parse_host_request(to_line({HostAction::start, sent, ""}));
  EXPECT_EQ(request.action, HostAction::start);
  const auto& order = request.order;
  EXPECT_EQ(order.subject.name, sent.subject.name);
  EXPECT_EQ(order.subject.command, sent.subject.command);
  EXPECT_EQ(order.subject.ready, ReadyBy::connect);
  EXPECT_EQ(order.subject.ready_within, std::chrono::seconds(60));
  EXPECT_EQ(order.subject.stop_signal, SIGINT);
  EXPECT_EQ(order.subject.stop_within, std::chrono::seconds(30));
  EXPECT_EQ(order.subject.needs, sent.subject.needs);
  EXPECT_EQ(order.subject.package, "redis");
  EXPECT_FALSE(order.subject.is_model);
  EXPECT_EQ(order.service, "chat");
  EXPECT_EQ(order.connections, 12U);
  EXPECT_EQ(order.words, sent.words);
  EXPECT_EQ(order.place.address, "192.0.2.7");
}

TEST(HostLines, OtherRequestsArriveToo) {
  for (const auto action : {HostAction::clock, HostAction::watch, HostAction::samples, HostAction::settle,
                            HostAction::state, HostAction::stop}) {
    EXPECT_EQ(parse_host_request(to_line({action, {}, ""})).action, action);
  }
  EXPECT_EQ(parse_host_request(to_line({HostAction::gate, {}, "warm"})).gate, "warm");
}

TEST(HostLines, WhatIsNoRequestIsRefusedInOneLine) {
  auto order = json::parse(to_line({HostAction::start, an_order(), ""}));
  order["order"]["address"] = "b.example";
  auto unknown = json::parse(to_line({HostAction::start, an_order(), ""}));
  unknown["order"]["colour"] = "red";
  for (const std::string line :
       {"", "go", "[1]", R"({"do": "fly"})", R"({"gate": "warm"})", R"({"do": "gate"})", R"({"do": "start"})",
        R"({"do": "start", "order": {"subject": 3}})", R"({"do": "stop", "now": true})",
        "{\"do\": \"\xff\"}"}) {
    SCOPED_TRACE(line);
    EXPECT_THAT(thrown_by<InputError>([&] { parse_host_request(line); }),
                AllOf(HasSubstr("threadmill host"), Not(HasSubstr("\n"))));
  }
  EXPECT_THAT(thrown_by<InputError>([&] { parse_host_request(order.dump()); }), HasSubstr("order.address"));
  EXPECT_THAT(thrown_by<InputError>([&] { parse_host_request(unknown.dump()); }), HasSubstr("colour"));
}

TEST(HostLines, AHostSaysWhatItIs) {
  const auto facts = parse_host_facts(to_line(HostFacts{{{"kernel", "Linux 7"}}, {0, 2}}));
  EXPECT_EQ(facts.environment["kernel"], "Linux 7");
  EXPECT_THAT(facts.server_cpus, ElementsAre(0, 2));
}

TEST(HostLines, WhatIsNoHostIsTold) {
  for (const std::string line : {"Welcome to Debian", "{}", R"({"threadmill_host": 2})",
                                 R"({"threadmill_host": 2, "environment": 3, "server_cpus": [0]})"}) {
    EXPECT_THAT(thrown_by<InputError>([&] { parse_host_facts(line); }), HasSubstr("no line of"));
  }
  EXPECT_THAT(thrown_by<InputError>([] { parse_host_facts(R"({"threadmill_host": 3, "more": 1})"); }),
              HasSubstr("another version"));
}

TEST(HostSession, StartsOneServerBeforeAnythingElse) {
  EventLoop loop;
  HostSession session(loop, plan_cpus());
  EXPECT_THROW(session.answer({HostAction::clock, {}, ""}), InputError);
  EXPECT_THROW(session.answer({HostAction::gate, {}, "warm"}), InputError);
  auto order = an_order();
  order.subject.command = {"sh", "-c", "echo '{\"port\": 4711}'; sleep 60"};
  order.subject.ready = ReadyBy::json_line;
  order.place.address = "127.0.0.1";
  EXPECT_EQ(session.answer({HostAction::start, order, ""})["port"], 4711);
  EXPECT_THROW(session.answer({HostAction::start, order, ""}), InputError) << "there is one already";
  EXPECT_THROW(session.answer({HostAction::samples, {}, ""}), InputError) << "it is not watched yet";
  EXPECT_FALSE(session.has_news());
}

TEST(HostSession, AProgramThatIsNotThereIsAFailureOfTheTrial) {
  EventLoop loop;
  HostSession session(loop, plan_cpus());
  auto order = an_order();
  order.subject.command = {"threadmill-no-such-program"};
  const auto answer = session.answer({HostAction::start, order, ""});
  EXPECT_EQ(answer["failed"]["stage"], "start");
  EXPECT_THAT(answer["failed"]["reason"].get<std::string>(), HasSubstr("apt-get install redis"));
  EXPECT_FALSE(session.has_ended());
  EXPECT_FALSE(session.answer({HostAction::stop, {}, ""}).contains("failed"));
  EXPECT_TRUE(session.has_ended());
}

TEST(HostSession, TellsOnceThatItsServerHasEnded) {
  EventLoop loop;
  HostSession session(loop, plan_cpus());
  auto order = an_order();
  order.subject.command = {"sh", "-c", "echo '{\"port\": 4711}'; echo all is lost >&2; exit 3"};
  order.subject.ready = ReadyBy::json_line;
  order.place.address = "127.0.0.1";
  session.answer({HostAction::start, order, ""});
  ASSERT_TRUE(loop.wait_for([&] { return session.has_news(); }, std::chrono::seconds(30)));
  const auto news = session.news();
  ASSERT_TRUE(news);
  EXPECT_THAT((*news)["exited"].get<std::string>(),
              HasSubstr("exited with status 3; its last words: all is"));
  EXPECT_EQ((*news)["server"]["exit_status"], 3);
  EXPECT_FALSE(session.news());
}

}  // namespace
}  // namespace threadmill::harness
