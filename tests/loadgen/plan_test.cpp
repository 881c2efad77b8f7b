#include "loadgen/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/thrown.h"

namespace threadmill::load {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

json echo_plan() {
  return json::parse(
      R"({"target": {"address": "127.0.0.1", "port": 40001}, "driver": "echo", "connections": 64,
    "message_bytes": 64, "stop": {"duration_s": 2.0, "warmup_s": 0.5}})");
}

json pubsub_plan() {
  return json::parse(
      R"({"target": {"address": "127.0.0.1", "port": 40001}, "driver": "pubsub", "publishers": 4,
    "subscribers": 50, "message_bytes": 64, "stop": {"messages": 10}})");
}

json resp_plan() {
  return json::parse(
      R"({"target": {"address": "127.0.0.1", "port": 40001}, "driver": "resp", "connections": 100,
    "command": ["SET", "key", ""], "messages_per_connection": 10, "stop": {"messages": 10}})");
}

json http_plan() {
  return json::parse(
      R"({"target": {"address": "127.0.0.1", "port": 40001}, "driver": "http", "connections": 100,
    "path": "/index.html?a=%20b", "stop": {"messages": 10}})");
}

std::string error_of(const json& plan) {
  try {
    parse_plan(plan);
  } catch (const PlanError& error) {
    return error.what();
  }
  return "";
}

TEST(Plan, HasTheDocumentedDefaults) {
  const Plan plan = parse_plan(echo_plan());
  EXPECT_EQ(plan.requests.pipeline, 1U);
  EXPECT_EQ(plan.measure_from, MeasureFrom::connected);
  EXPECT_EQ(plan.threads, 1U);
  EXPECT_TRUE(plan.cpus.empty());
  EXPECT_EQ(plan.seed, 1U);
  EXPECT_EQ(plan.connect_timeout_s, 10);
  EXPECT_EQ(plan.stall_timeout_s, 10);
  EXPECT_EQ(parse_plan(pubsub_plan()).pubsub.window, 64U);
  EXPECT_EQ(parse_plan(pubsub_plan()).connections(), 54U);
}

TEST(Plan, RoundTrips) {
  for (json source : {echo_plan(), pubsub_plan(), resp_plan(), http_plan()}) {
    source["cpus"] = {0, 1};
    source["threads"] = 2;
    source["timeouts"] = {{"connect_s", 1.5}, {"stall_s", 2.5}};
    const Plan plan = parse_plan(source);
    EXPECT_EQ(parse_plan(to_json(plan)), plan);
    const LoadTemplate& load = plan;
    EXPECT_EQ(parse_load_template(to_json(load)), load);
  }
}

TEST(Plan, ReadsWhatIsRequested) {
  json resp = resp_plan();
  EXPECT_EQ(parse_plan(resp).requests.command, (std::vector<std::string>{"SET", "key", ""}));
  resp.erase("command");
  EXPECT_EQ(parse_plan(resp).requests.command, std::vector<std::string>{"PING"});
  json http = http_plan();
  EXPECT_EQ(parse_plan(http).requests.path, "/index.html?a=%20b");
  http.erase("path");
  EXPECT_EQ(parse_plan(http).requests.path, "/");
}

TEST(Plan, RefusesRequestsThatAreTooLarge) {
  json resp = resp_plan();
  resp["command"] = std::vector<std::string>(65, "a");
  EXPECT_THAT(error_of(resp), ::testing::AllOf(HasSubstr("\"command\""), HasSubstr("at most 64 words")));
  resp["command"] = {"SET", "key", std::string(64 << 10, 'v')};
  EXPECT_THAT(error_of(resp), ::testing::AllOf(HasSubstr("\"command\""), HasSubstr("65536 bytes")));
  json http = http_plan();
  http["path"] = "/" + std::string(4096, 'p');
  EXPECT_THAT(error_of(http), ::testing::AllOf(HasSubstr("\"path\""), HasSubstr("at most 4096")));
}

TEST(Plan, RoomSizesSettleSubscribersAndTopics) {
  json source = pubsub_plan();
  source.erase("subscribers");
  source["room_sizes"] = {10, 30, 60};
  const Plan plan = parse_plan(source);
  EXPECT_EQ(plan.pubsub.subscribers, 100U);
  EXPECT_EQ(plan.pubsub.topics, 3U);
  EXPECT_EQ(plan.pubsub.room_sizes, (std::vector<std::uint32_t>{10, 30, 60}));
  EXPECT_EQ(parse_plan(to_json(plan)), plan) << "it may say so again";
  source["subscribers"] = 99;
  EXPECT_THAT(error_of(source), HasSubstr("\"subscribers\" must be 100, as \"room_sizes\" says"));
  source["subscribers"] = 100;
  source["topics"] = 2;
  EXPECT_THAT(error_of(source), HasSubstr("\"topics\" must be 3"));
  source.erase("topics");
  source["publishers"] = 2;
  EXPECT_THAT(error_of(source), HasSubstr("3 rooms for 2 publishers"));
  source["room_sizes"] = json::array();
  EXPECT_THAT(error_of(source), HasSubstr("\"room_sizes\" must have the size"));
  source["room_sizes"] = {0};
  EXPECT_THAT(error_of(source), HasSubstr("\"room_sizes\" must be a list of integers from 1"));
  source["room_sizes"] = {900'000, 900'000};
  EXPECT_THAT(error_of(source), HasSubstr("at most 1000000"));
}

TEST(Plan, ConfirmIsForAsManyMessagesInFlightAsAServerRemembers) {
  json source = pubsub_plan();
  EXPECT_FALSE(parse_plan(source).pubsub.confirm);
  source["confirm"] = true;
  const Plan plan = parse_plan(source);
  EXPECT_TRUE(plan.pubsub.confirm);
  EXPECT_EQ(parse_plan(to_json(plan)), plan);
  source["publishers"] = 1000;
  source["subscribers"] = 1000;
  source["window"] = 100;
  EXPECT_THAT(error_of(source), HasSubstr("\"confirm\" goes with 65536 messages in flight at most"));
}

TEST(Plan, MembersAllTalkAndListen) {
  json source = pubsub_plan();
  source.erase("subscribers");
  source.erase("publishers");
  source["members"] = 20;
  const Plan plan = parse_plan(source);
  EXPECT_EQ(plan.pubsub.publishers, 20U);
  EXPECT_EQ(plan.pubsub.subscribers, 20U);
  EXPECT_EQ(plan.pubsub.topics, 1U);
  EXPECT_EQ(parse_plan(to_json(plan)), plan);
  source["room_sizes"] = {5, 15};
  EXPECT_EQ(parse_plan(source).pubsub.topics, 2U);
  source["room_sizes"] = {5, 16};
  EXPECT_THAT(error_of(source), HasSubstr("add up to 21, but there are 20 \"members\""));
  for (const char* key : {"publishers", "subscribers"}) {
    json both = source;
    both[key] = 20;
    EXPECT_THAT(error_of(both), HasSubstr(key));
    EXPECT_THAT(error_of(both), HasSubstr("\"members\""));
  }
}

TEST(Plan, MessagesMayHaveSeveralSizes) {
  json source = pubsub_plan();
  source["message_bytes"] = {{"64", 9}, {"1024", 1}};
  const Plan plan = parse_plan(source);
  EXPECT_EQ(plan.message_bytes, 1024U);
  EXPECT_EQ(plan.pubsub.message_sizes, (std::vector<MessageSize>{{64, 9}, {1024, 1}}));
  EXPECT_EQ(parse_plan(to_json(plan)), plan);
  source["message_bytes"] = {{"64", 9}};
  EXPECT_TRUE(parse_plan(source).pubsub.message_sizes.empty()) << "one size is no distribution";
  EXPECT_EQ(parse_plan(source).message_bytes, 64U);

  const auto error_with = [&](const json& sizes) {
    source["message_bytes"] = sizes;
    return error_of(source);
  };
  EXPECT_THAT(error_with({{"39", 1}}), HasSubstr("\"message_bytes.39\" must be a number of bytes from 40"));
  EXPECT_THAT(error_with({{"064", 1}}), HasSubstr("\"message_bytes.064\" must be a number of bytes"));
  EXPECT_THAT(error_with({{"many", 1}}), HasSubstr("\"message_bytes.many\" must be a number of bytes"));
  EXPECT_THAT(error_with({{"64", 0}}), HasSubstr("\"message_bytes.64\" must be an integer from 1"));
  EXPECT_THAT(error_with({{"64", 0.5}}), HasSubstr("\"message_bytes.64\""));
  EXPECT_THAT(error_with(json::object()), HasSubstr("1 to 16 sizes, not 0"));
  json many;
  for (int i = 0; i < 17; ++i) many[std::to_string(100 + i)] = 1;
  EXPECT_THAT(error_with(many), HasSubstr("1 to 16 sizes, not 17"));
  json echo = echo_plan();
  echo["message_bytes"] = {{"64", 9}, {"1024", 1}};
  EXPECT_THAT(error_of(echo), HasSubstr("\"message_bytes\" must be an integer"));
}

TEST(Plan, PublishersAndSubscribersSpeakResp2UnlessToldOtherwise) {
  json source = pubsub_plan();
  EXPECT_EQ(parse_plan(source).pubsub.protocol, PubsubWire::resp);
  EXPECT_FALSE(to_json(parse_plan(source)).contains("protocol"))
      << "so that earlier loads equal those of today";
  for (const char* protocol : {"sse", "nats"}) {
    source["protocol"] = protocol;
    const Plan plan = parse_plan(source);
    EXPECT_EQ(to_json(plan).at("protocol"), protocol);
    EXPECT_EQ(parse_plan(to_json(plan)), plan);
  }
}

TEST(Plan, TextNeedsLongerMessages) {
  json source = pubsub_plan();
  source["protocol"] = "sse";
  source["message_bytes"] = 53;
  EXPECT_THAT(error_of(source), HasSubstr("\"message_bytes\" must be an integer from 54"));
  source["message_bytes"] = {{"53", 1}, {"100", 1}};
  EXPECT_THAT(error_of(source), HasSubstr("from 54 to"));
}

TEST(Plan, BystandersOfOtherProtocolsAreSilent) {
  json source = pubsub_plan();
  source["protocol"] = "nats";
  source["bystanders"] = {{"idle", 5}};
  EXPECT_EQ(error_of(source), "");
  source["bystanders"] = {{"slow_readers", 5}};
  EXPECT_THAT(error_of(source), HasSubstr("\"bystanders\" can only be \"idle\""));
}

TEST(Plan, BystandersRoundTripAndAreNoneUnlessAskedFor) {
  EXPECT_EQ(parse_plan(echo_plan()).bystanders, BystanderLoad{});
  for (json source : {echo_plan(), pubsub_plan()}) {
    source["bystanders"] = {
        {"idle", 5000}, {"slow_readers", 10}, {"slow_reader_bytes_per_s", 300}, {"half_open", 7}};
    const Plan plan = parse_plan(source);
    EXPECT_EQ(plan.bystanders, (BystanderLoad{5000, 10, 300, 7}));
    EXPECT_EQ(plan.connections(),
              parse_plan(source["driver"] == "echo" ? echo_plan() : pubsub_plan()).connections());
    EXPECT_EQ(parse_plan(to_json(plan)), plan);
  }
}

TEST(Plan, LostClientsReturnWhereItSaysSo) {
  auto source = json::parse(R"({"driver": "echo", "connections": 2, "message_bytes": 64,
    "stop": {"duration_s": 1}, "lost_clients": "return", "bystanders": {"crashers": 1}})");
  const auto load = parse_load_template(source);
  EXPECT_TRUE(load.lost_clients_return);
  EXPECT_EQ(load.bystanders.crashers, 1U);
  EXPECT_EQ(parse_load_template(to_json(load)), load);
  source["stop"] = {{"messages", 5}};
  EXPECT_THAT(thrown_by<PlanError>([&] { parse_load_template(source); }),
              HasSubstr("\"crashers\" where \"stop\" is by time"));
  source.erase("bystanders");
  EXPECT_THAT(thrown_by<PlanError>([&] { parse_load_template(source); }),
              HasSubstr("\"return\" needs \"stop\": {\"duration_s\": t}"));
  source["lost_clients"] = "stay";
  EXPECT_THAT(thrown_by<PlanError>([&] { parse_load_template(source); }), HasSubstr("\"lost_clients\""));
}

TEST(Plan, LostPublishersAndSubscribersReturnOneMessageAtATime) {
  auto source = json::parse(R"({"driver": "pubsub", "publishers": 2, "subscribers": 2, "message_bytes": 64,
    "stop": {"duration_s": 2}, "lost_clients": "return", "absence": {"from_s": 0.5, "for_s": 1}})");
  const auto load = parse_load_template(source);
  EXPECT_TRUE(load.follows_messages());
  EXPECT_EQ(load.pubsub.window, 1U);
  EXPECT_EQ(load.absence, (Absence{.from_s = 0.5, .for_s = 1}));
  EXPECT_EQ(parse_load_template(to_json(load)), load);
  const auto error_with = [&](const char* key, const json& value) {
    auto wrong = source;
    wrong[key] = value;
    return thrown_by<PlanError>([&] { parse_load_template(wrong); });
  };
  EXPECT_THAT(error_with("window", 4), HasSubstr("\"window\" must be 1"));
  EXPECT_THAT(error_with("threads", 2), HasSubstr("\"threads\" must be 1"));
  EXPECT_THAT(error_with("confirm", true), HasSubstr("\"confirm\""));
  EXPECT_THAT(error_with("absence", {{"from_s", 1.5}, {"for_s", 1}}), HasSubstr("absence.for_s"));
  EXPECT_THAT(error_with("lost_clients", "fail"), HasSubstr("\"absence\" needs"));
}

TEST(Plan, ATemplateHasNoTargetAndNoCpus) {
  json load = echo_plan();
  EXPECT_THROW(parse_load_template(load), PlanError);
  load.erase("target");
  EXPECT_EQ(parse_load_template(load).requests.connections, 64U);
  load["cpus"] = {1};
  EXPECT_THROW(parse_load_template(load), PlanError);
}

struct BadEcho {
  const char* pointer;  // JSON pointer to what is set
  const char* value;    // JSON; empty: removed
  const char* names;    // what the message must name
  const char* says;
};

class BadPlan : public ::testing::TestWithParam<BadEcho> {};

json plan_of(char driver) {
  switch (driver) {
    case 'p':
      return pubsub_plan();
    case 'r':
      return resp_plan();
    case 'h':
      return http_plan();
    default:
      return echo_plan();
  }
}

TEST_P(BadPlan, IsRefusedWithTheKeyAndWhatIsAllowed) {
  const auto& [pointer, value, names, says] = GetParam();
  json plan = plan_of(pointer[1]);
  const json::json_pointer at(std::string(pointer).substr(2));
  if (*value == '\0') {
    plan[at.parent_pointer()].erase(at.back());
  } else {
    plan[at] = json::parse(value);
  }
  const std::string message = error_of(plan);
  EXPECT_THAT(message, HasSubstr(names));
  EXPECT_THAT(message, HasSubstr(says));
  EXPECT_THAT(message, ::testing::Not(HasSubstr("\n")));
}

// A pointer begins with e (echo), p (pubsub), r (resp) or h (http).
INSTANTIATE_TEST_SUITE_P(
    Plan, BadPlan,
    ::testing::Values(
        BadEcho{"/e/conections", "1", "\"conections\"", "allowed here: \"target\""},
        BadEcho{"/e/window", "1", "\"window\"", "\"pipeline\""},
        BadEcho{"/p/pipeline", "1", "\"pipeline\"", "\"window\""},
        BadEcho{"/e/target/prot", "1", "\"target.prot\"", "\"address\", \"port\""},
        BadEcho{"/e/target", "", "\"target\"", "missing"},
        BadEcho{"/e/target/port", "0", "\"target.port\"", "from 1 to 65535"},
        BadEcho{"/e/target/port", "70000", "\"target.port\"", "not 70000"},
        BadEcho{"/e/target/address", "\"localhost\"", "\"target.address\"", "numeric"},
        BadEcho{"/e/driver", "\"ftp\"", "\"driver\"", "one of \"echo\", \"pubsub\""},
        BadEcho{"/e/driver", "", "\"driver\"", "missing"},
        BadEcho{"/e/connections", "0", "\"connections\"", "from 1 to"},
        BadEcho{"/e/connections", "-1", "\"connections\"", "not -1"},
        BadEcho{"/e/connections", "1.5", "\"connections\"", "an integer"},
        BadEcho{"/e/connections", "\"64\"", "\"connections\"", "not \"64\""},
        BadEcho{"/e/message_bytes", "0", "\"message_bytes\"", "from 1"},
        BadEcho{"/e/message_bytes", "", "\"message_bytes\"", "missing"},
        BadEcho{"/e/pipeline", "0", "\"pipeline\"", "from 1"},
        BadEcho{"/e/threads", "65", "\"threads\"", "from 1 to 64"},
        BadEcho{"/e/seed", "-1", "\"seed\"", "an integer"}, BadEcho{"/e/cpus", "1", "\"cpus\"", "a list"},
        BadEcho{"/e/cpus", "[-1]", "\"cpus\"", "holds -1"}, BadEcho{"/e/stop", "", "\"stop\"", "missing"},
        BadEcho{"/e/stop", "{}", "\"stop\"", "\"duration_s\""},
        BadEcho{"/e/stop/messages", "5", "\"stop\"", "not both"},
        BadEcho{"/e/stop/duration_s", "0", "\"stop.duration_s\"", "a number from"},
        BadEcho{"/e/stop/warmup_s", "-1", "\"stop.warmup_s\"", "a number from 0"},
        BadEcho{"/e/stop/wramup_s", "1", "\"stop.wramup_s\"", "\"warmup_s\""},
        BadEcho{"/p/stop/messages", "0", "\"stop.messages\"", "from 1"},
        BadEcho{"/e/measure_from", "\"connect\"", "\"measure_from\"", "\"messages\""},
        BadEcho{"/e/measure_from", "\"start\"", "\"measure_from\"", "\"connected\""},
        BadEcho{"/e/timeouts", "{\"stall\": 1}", "\"timeouts.stall\"", "\"stall_s\""},
        BadEcho{"/e/timeouts", "{\"stall_s\": 0}", "\"timeouts.stall_s\"", "a number from"},
        BadEcho{"/p/message_bytes", "39", "\"message_bytes\"", "from 40"},
        BadEcho{"/p/protocol", "\"mqtt\"", "\"protocol\"", "one of \"resp\", \"sse\", \"nats\""},
        BadEcho{"/e/protocol", "\"sse\"", "\"protocol\"", "\"message_bytes\""},
        BadEcho{"/p/topics", "5", "\"topics\"", "from 1 to 4"},
        BadEcho{"/p/publishers", "0", "\"publishers\"", "from 1"},
        BadEcho{"/p/subscribers", "0", "\"subscribers\"", "from 1"},
        BadEcho{"/p/window", "0", "\"window\"", "from 1"},
        BadEcho{"/e/command", "[\"PING\"]", "\"command\"", "\"message_bytes\""},
        BadEcho{"/r/message_bytes", "64", "\"message_bytes\"", "\"command\""},
        BadEcho{"/r/command", "\"PING\"", "\"command\"", "a list of at least one string"},
        BadEcho{"/r/command", "[]", "\"command\"", "a list of at least one string"},
        BadEcho{"/r/command", "[\"\", \"a\"]", "\"command\"", "the name of a command"},
        BadEcho{"/h/command", "[\"PING\"]", "\"command\"", "\"path\""},
        BadEcho{"/h/path", "\"\"", "\"path\"", "begin with \"/\""},
        BadEcho{"/h/path", "\"index.html\"", "\"path\"", "begin with \"/\""},
        BadEcho{"/h/path", "\"/a b\"", "\"path\"", "%20"},
        BadEcho{"/h/path", "\"/a\\r\\nHost: b\"", "\"path\"", "printable ASCII"},
        BadEcho{"/h/path", "\"/\u00fc\"", "\"path\"", "printable ASCII"},
        BadEcho{"/e/bystanders", "5", "\"bystanders\"", "object"},
        BadEcho{"/e/bystanders", "{\"idel\": 5}", "\"bystanders.idel\"", "\"idle\""},
        BadEcho{"/e/bystanders", "{\"idle\": -1}", "\"bystanders.idle\"", "from 0 to 1000000"},
        BadEcho{"/p/bystanders", "{\"half_open\": 1e9}", "\"bystanders.half_open\"", "integer"},
        BadEcho{"/p/bystanders", "{\"slow_reader_bytes_per_s\": -1}",
                "\"bystanders.slow_reader_bytes_per_s\"", "from 0 to"},
        BadEcho{"/e/pipeline", "65536", "\"pipeline\"", "in flight"}));

TEST(Plan, RefusesWhatIsNoObject) {
  EXPECT_THAT(error_of(json::array()), HasSubstr("must be a JSON object"));
}

}  // namespace
}  // namespace threadmill::load
