#include "harness/catalogue/scenario.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/catalogue/study.h"
#include "harness/catalogue/suite.h"
#include "harness/errors.h"
#include "loadgen/plan_parts.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown.h"

namespace threadmill::harness {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

json echo_document() {
  return json::parse(
      R"({"name": "tiny", "title": "t", "question": "q", "service": "echo", "subjects": ["epoll"],
    "load": {"driver": "echo", "connections": 2, "message_bytes": 64, "pipeline": 1,
             "stop": {"duration_s": 2.0, "warmup_s": 0.5}}})");
}

std::string error_of(const json& document) {
  return thrown_by<InputError>([&] { parse_scenario(document, "tiny.json"); });
}

TEST(Scenario, ReadsEveryField) {
  const auto scenario = parse_scenario(echo_document(), "tiny.json");
  EXPECT_EQ(scenario.name, "tiny");
  EXPECT_EQ(scenario.service, "echo");
  EXPECT_THAT(scenario.subjects, ::testing::ElementsAre("epoll"));
  EXPECT_TRUE(scenario.runs_by_time());
  EXPECT_EQ(scenario.to_json(), echo_document());
}

TEST(Scenario, UnknownKeyIsNamedWithWhatWasMeant) {
  auto document = echo_document();
  document["qestion"] = "q";
  EXPECT_THAT(error_of(document), AllOf(HasSubstr("tiny.json"), HasSubstr("\"qestion\""),
                                        HasSubstr("did you mean \"question\"")));
}

TEST(Scenario, MayAskForANetwork) {
  auto document = echo_document();
  EXPECT_EQ(parse_scenario(document, "tiny.json").conditions.network_conditions(), std::nullopt);
  document["network"] = {{"delay_ms", 10}, {"loss_percent", 1}};
  const auto scenario = parse_scenario(document, "tiny.json");
  EXPECT_EQ(scenario.conditions.network_conditions()->delay, std::chrono::milliseconds(10));
  EXPECT_EQ(scenario.to_json(), document);
  document["network"]["delai_ms"] = 1;
  EXPECT_THAT(error_of(document), AllOf(HasSubstr("tiny.json"), HasSubstr("\"network.delai_ms\""),
                                        HasSubstr("did you mean \"delay_ms\"")));
}

TEST(Scenario, UnknownKeyOfTheLoadIsNamed) {
  auto document = echo_document();
  document["load"]["conections"] = 3;
  EXPECT_THAT(error_of(document),
              AllOf(HasSubstr("tiny.json: load"), HasSubstr("conections"), HasSubstr("connections")));
  document = echo_document();
  document["load"]["stop"]["duration"] = 3;
  EXPECT_THAT(error_of(document), AllOf(HasSubstr("tiny.json"), HasSubstr("stop"), HasSubstr("duration")));
}

TEST(Scenario, MissingKeyIsNamed) {
  for (const auto* key : {"name", "title", "question", "service", "subjects", "load"}) {
    auto document = echo_document();
    document.erase(key);
    EXPECT_THAT(error_of(document), HasSubstr(std::string("tiny.json: \"") + key + "\" is missing"));
  }
}

TEST(Scenario, ValuesAreChecked) {
  auto document = echo_document();
  document["service"] = "wbe";
  EXPECT_THAT(error_of(document), AllOf(HasSubstr("\"service\""), HasSubstr("\"echo\", \"chat\", \"web\"")));
  document = echo_document();
  document["service"] = "chat";
  EXPECT_THAT(error_of(document), AllOf(HasSubstr("driver"), HasSubstr("wants pubsub")));
  document = echo_document();
  document["subjects"] = json::array();
  EXPECT_THAT(error_of(document), HasSubstr("\"subjects\""));
  document = echo_document();
  document["load"]["driver"] = "pubsub";
  EXPECT_THAT(error_of(document), AllOf(HasSubstr("tiny.json"), HasSubstr("load")));
}

TEST(Scenario, TheDriverMustSpeakToTheService) {
  const std::map<std::string, json> loads = {
      {"echo", echo_document()["load"]},
      {"pubsub", {{"driver", "pubsub"}, {"publishers", 1}, {"subscribers", 1}, {"message_bytes", 64}}},
      {"resp", {{"driver", "resp"}, {"connections", 1}}},
      {"pubsub over sse",
       {{"driver", "pubsub"},
        {"protocol", "sse"},
        {"publishers", 1},
        {"subscribers", 1},
        {"message_bytes", 64}}},
      {"pubsub over nats",
       {{"driver", "pubsub"},
        {"protocol", "nats"},
        {"publishers", 1},
        {"subscribers", 1},
        {"message_bytes", 64}}},
      {"pubsub over amqp",
       {{"driver", "pubsub"},
        {"protocol", "amqp"},
        {"publishers", 1},
        {"subscribers", 1},
        {"message_bytes", 64}}},
      {"http", {{"driver", "http"}, {"connections", 1}}}};
  const std::map<std::string, std::set<std::string>> spoken = {{"echo", {"echo"}},
                                                               {"chat", {"pubsub", "resp"}},
                                                               {"web", {"http", "pubsub over sse"}},
                                                               {"nats", {"pubsub over nats"}},
                                                               {"amqp", {"pubsub over amqp"}}};
  for (const auto& [service, drivers] : spoken) {
    for (const auto& [driver, load] : loads) {
      auto document = echo_document();
      document["service"] = service;
      document["load"] = load;
      document["load"]["stop"] = {{"messages", 1}};
      SCOPED_TRACE(service + " and " + driver);
      if (drivers.contains(driver)) {
        EXPECT_EQ(parse_scenario(document, "tiny.json").service, service);
      } else {
        EXPECT_THAT(error_of(document), HasSubstr("driver is \"" + driver + "\"; the service " + service));
      }
    }
  }
}

TEST(Scenario, PublishedFiguresAreChecked) {
  auto document = echo_document();
  document["published"] = json::parse(R"({"source": "s", "machine": "m",
    "figures": [{"subject": "epoll", "metric": "requests_per_s", "value": 5, "approximate": true}]})");
  EXPECT_EQ(parse_scenario(document, "tiny.json").to_json(), document);
  for (const auto* key : {"source", "machine", "figures"}) {
    auto lacking = document;
    lacking["published"].erase(key);
    EXPECT_THAT(error_of(lacking), HasSubstr(std::string("\"published.") + key + "\" is missing"));
  }
  for (const auto* key : {"subject", "metric", "value"}) {
    auto lacking = document;
    lacking["published"]["figures"][0].erase(key);
    EXPECT_THAT(error_of(lacking), HasSubstr(std::string("\"published.figures[0].") + key + "\" is missing"));
  }
  auto vague = document;
  vague["published"]["figures"][0]["approximate"] = "about";
  EXPECT_THAT(error_of(vague), HasSubstr("\"published.figures[0].approximate\" must be true or false"));
  document["published"]["figures"] = "many";
  EXPECT_THAT(error_of(document), HasSubstr("\"published.figures\" must be a list"));
}

TEST(Scenario, FileThatIsNoJsonIsNamed) {
  const TemporaryFolder folder;
  const auto file = folder.write("bad.json", "{");
  EXPECT_THAT(thrown_by<InputError>([&] { read_scenario(file); }),
              AllOf(HasSubstr("bad.json"), HasSubstr("not valid JSON")));
  EXPECT_THAT(thrown_by<InputError>([&] { read_scenario(folder.path() / "none.json"); }),
              HasSubstr("none.json: cannot be read"));
}

TEST(Scenario, ThoseThatWeShipAreSound) {
  const auto scenarios = read_scenarios(fs::path(THREADMILL_SOURCE_DIR) / "harness/scenarios");
  std::vector<std::string> names;
  for (const auto& scenario : scenarios) names.push_back(scenario.name);
  EXPECT_THAT(names, ::testing::IsSupersetOf(
                         {"light-100x10", "medium-1000x10", "echo-64", "echo-1000", "chat-50", "chat-500"}));
  const auto suites = read_suites(fs::path(THREADMILL_SOURCE_DIR) / "harness/suites");
  ASSERT_GE(suites.size(), 2U);
  for (const auto& suite : suites) EXPECT_EQ(scenarios_of(suite, scenarios).size(), suite.scenarios.size());
}

bool has_subject(const Scenario& scenario, const std::string& name) {
  return std::find(scenario.subjects.begin(), scenario.subjects.end(), name) != scenario.subjects.end();
}

// In a fan-out, writing in batches alone is worth more than any model: who is compared must be so at the same
// flush. The broker's is tick.
TEST(Scenario, FanOutsThatWeShipRunEveryModelAtEqualFlushes) {
  for (const auto& scenario : read_scenarios(fs::path(THREADMILL_SOURCE_DIR) / "harness/scenarios")) {
    if (scenario.service != "chat" || scenario.load["driver"] != "pubsub") continue;
    for (const char* model : {"fork", "thread", "epoll"})
      EXPECT_EQ(has_subject(scenario, model), has_subject(scenario, std::string(model) + ":tick"))
          << scenario.name << " " << model;
    EXPECT_TRUE(has_subject(scenario, "thread:tick") && has_subject(scenario, "broker")) << scenario.name;
  }
}

TEST(Scenario, ThoseThatWeShipLoadAllThatIsServed) {
  std::set<std::string> protocols;
  bool confirms = false;
  for (const auto& scenario : read_scenarios(fs::path(THREADMILL_SOURCE_DIR) / "harness/scenarios")) {
    if (scenario.load["driver"] != "pubsub") continue;
    protocols.insert(scenario.load.value("protocol", "resp"));
    confirms = confirms || scenario.load.value("confirm", false);
  }
  for (const auto& protocol : load::kPubsubProtocols)
    EXPECT_TRUE(protocols.contains(std::string(protocol))) << protocol;
  EXPECT_TRUE(confirms);
}

TEST(Suite, EveryScenarioThatWeShipIsInOneOrInAStudy) {
  std::set<std::string> named;
  const auto known = read_scenarios(fs::path(THREADMILL_SOURCE_DIR) / "harness/scenarios");
  for (const auto& study : read_studies(fs::path(THREADMILL_SOURCE_DIR) / "harness/studies")) {
    for (const auto& scenario : scenarios_of(study, known)) named.insert(scenario.name);
  }
  for (const auto& suite : read_suites(fs::path(THREADMILL_SOURCE_DIR) / "harness/suites")) {
    named.insert(suite.scenarios.begin(), suite.scenarios.end());
  }
  for (const auto& scenario : known) {
    EXPECT_TRUE(named.contains(scenario.name))
        << scenario.name << " is in no suite under harness/suites and in no study under harness/studies";
  }
}

TEST(Suite, OverridesDurationsOfTimedScenariosOnly) {
  auto timed = parse_scenario(echo_document(), "x");
  auto counted = timed;
  counted.name = "counted";
  counted.load["stop"] = {{"messages", 10}};
  const Suite suite{"s", "t", {"tiny", "counted"}, 4, 0.8, 0.2, {}};
  const auto scenarios = scenarios_of(suite, {timed, counted});
  EXPECT_EQ(scenarios[0].load["stop"], json({{"duration_s", 0.8}, {"warmup_s", 0.2}}));
  EXPECT_EQ(scenarios[1].load["stop"], json({{"messages", 10}}));
}

TEST(Suite, AScenarioMayNeedAnotherDuration) {
  const auto suite = parse_suite(json::parse(R"({"name": "s", "title": "t", "scenarios": ["tiny", "other"],
      "repeats": 4, "duration_s": 0.6, "warmup_s": 0.2, "durations_s": {"other": 1.2}})"),
                                 "s.json");
  auto other = parse_scenario(echo_document(), "x");
  other.load["stop"] = {{"duration_s", 2.0}};
  auto tiny = other;
  other.name = "other";
  const auto scenarios = scenarios_of(suite, {tiny, other});
  EXPECT_EQ(scenarios[0].load["stop"]["duration_s"], 0.6);
  EXPECT_EQ(scenarios[1].load["stop"]["duration_s"], 1.2);
  EXPECT_EQ(scenarios[1].load["stop"]["warmup_s"], 0.2);
}

TEST(Suite, WrongFilesAreNamed) {
  const TemporaryFolder folder;
  const auto error_of_suite = [&](const std::string& text) {
    return thrown_by<InputError>([&] { read_suite(folder.write("mine.json", text)); });
  };
  EXPECT_THAT(error_of_suite(R"({"name": "mine", "title": "t", "scenarios": ["a"], "repeats": 0})"),
              HasSubstr("mine.json: \"repeats\" must be an integer from 1 to 1000, not 0"));
  EXPECT_THAT(error_of_suite(R"({"name": "mine", "title": "t", "scenarios": ["a"], "repeat": 1})"),
              AllOf(HasSubstr("mine.json: unknown key \"repeat\""), HasSubstr("did you mean \"repeats\"")));
  EXPECT_THAT(error_of_suite(R"({"name": "mine", "title": "t", "scenarios": ["a"]})"),
              HasSubstr("\"repeats\" is missing"));
  EXPECT_THAT(error_of_suite(R"({"name": "mine", "title": "t", "scenarios": ["chat"], "repeats": 4,
                                 "durations_s": {"chatt": 1}})"),
              AllOf(HasSubstr("\"durations_s.chatt\""), HasSubstr("did you mean \"chat\"")));
  EXPECT_THAT(error_of_suite("["), HasSubstr("mine.json: not valid JSON"));
}

TEST(Suite, UnknownScenarioIsNamed) {
  const Suite suite{"s", "t", {"tinny"}, 4, {}, {}, {}};
  EXPECT_THAT(thrown_by<InputError>([&] { scenarios_of(suite, {parse_scenario(echo_document(), "x")}); }),
              AllOf(HasSubstr("suite 's'"), HasSubstr("did you mean 'tiny'")));
}

/// The echo scenario, whose clients return and one of whose bystanders makes a handler crash.
json crash_document() {
  auto document = echo_document();
  document["server"] = {{"fault", "crash"}};
  document["load"]["lost_clients"] = "return";
  document["load"]["bystanders"] = {{"crashers", 1}};
  return document;
}

TEST(Conditions, AreReadAndKept) {
  auto document = crash_document();
  document["server"]["work"] = "5ms:1%";
  document["server"]["max_connections"] = 20000;
  document["behaviour"] = {
      {"name", "crash"}, {"calm", "echo-100"}, {"metric", "requests_per_s"}, {"held_within", 0.8}};
  const auto scenario = parse_scenario(document, "tiny.json");
  EXPECT_THAT(scenario.conditions.words(),
              ::testing::ElementsAre("--work", "5ms:1%", "--fault", "crash", "--max-connections", "20000"));
  EXPECT_TRUE(scenario.conditions.crashes());
  EXPECT_TRUE(scenario.conditions.may_end_server());
  EXPECT_EQ(scenario.to_json(), document);
  EXPECT_FALSE(parse_scenario(echo_document(), "tiny.json").conditions.may_end_server());
}

TEST(Conditions, AKillNeedsATimeInTheWindow) {
  auto document = echo_document();
  document["load"]["lost_clients"] = "return";
  document["fault"] = {{"kind", "kill worker"}, {"at_s", 1.5}};
  EXPECT_EQ(parse_scenario(document, "tiny.json").conditions.fault_plan()->at_s, 1.5);
  document["fault"]["at_s"] = 2.5;
  EXPECT_THAT(error_of(document), AllOf(HasSubstr("fault.at_s"), HasSubstr("2")));
  document["load"].erase("lost_clients");
  document["load"]["stop"] = {{"messages", 5}};
  EXPECT_THAT(error_of(document), AllOf(HasSubstr("\"fault\""), HasSubstr("by time")));
}

TEST(Conditions, AFaultSaysWhatItNeeds) {
  const auto error_with = [](const json& fault) {
    auto document = echo_document();
    document["load"]["lost_clients"] = "return";
    document["fault"] = fault;
    return error_of(document);
  };
  EXPECT_THAT(error_with({{"kind", "kill"}, {"at_s", 0.5}}), HasSubstr("fault.for_s"));
  EXPECT_THAT(error_with({{"kind", "kill"}, {"at_s", 0.5}, {"for_s", 100}}), HasSubstr("fault.for_s"));
  EXPECT_THAT(error_with({{"kind", "restart"}, {"at_s", 0.5}, {"for_s", 0.1}}), HasSubstr("says nothing"));
  EXPECT_THAT(error_with({{"kind", "partition"}, {"at_s", 0.5}, {"for_s", 0.1}}), HasSubstr("\"network\""));
  EXPECT_THAT(error_with({{"kind", "full disk"}, {"at_s", 0.5}, {"for_s", 0.1}}),
              HasSubstr("\"journal\": true"));
  EXPECT_THAT(error_with({{"kind", "explode"}, {"at_s", 0.5}}), HasSubstr("kill worker"));
}

TEST(Conditions, MistakesNameTheKeyAndTheRemedy) {
  const auto error_with = [](const char* pointer, const json& value) {
    auto document = crash_document();
    document[json::json_pointer(pointer)] = value;
    return error_of(document);
  };
  EXPECT_THAT(error_with("/server/work", "5ms"), AllOf(HasSubstr("server.work"), HasSubstr("5ms:1%")));
  EXPECT_THAT(error_with("/server/fault", "hang"), AllOf(HasSubstr("server.fault"), HasSubstr("give crash")));
  EXPECT_THAT(error_with("/server/wrok", "5ms:1%"), AllOf(HasSubstr("server.wrok"), HasSubstr("\"work\"")));
  EXPECT_THAT(error_with("/load/lost_clients", "fail"), HasSubstr("\"lost_clients\": \"return\""));
  EXPECT_THAT(error_with("/load/bystanders", {{"idle", 1}}), HasSubstr("\"crashers\": 1"));
  EXPECT_THAT(error_with("/server", {{"work", "5ms:1%"}}), HasSubstr("\"server\": {\"fault\": \"crash\"}"));
  EXPECT_THAT(error_with("/behaviour", {{"name", "b"}, {"metric", "requests_per_s"}}),
              AllOf(HasSubstr("behaviour.calm"), HasSubstr("missing")));
  const json behaviour = {{"name", "b"}, {"calm", "c"}, {"metric", "speed"}, {"held_within", 0.5}};
  EXPECT_THAT(error_with("/behaviour", behaviour), HasSubstr("behaviour.metric"));
}

TEST(Conditions, EveryCalmScenarioOfTheCatalogueIsThereAndInItsSuite) {
  const auto home = fs::path(THREADMILL_SOURCE_DIR);
  const auto scenarios = read_scenarios(home / "harness/scenarios");
  const auto suite = read_suite(home / "harness/suites/behaviour.json");
  const auto in_suite = [&](const std::string& name) {
    return std::find(suite.scenarios.begin(), suite.scenarios.end(), name) != suite.scenarios.end();
  };
  int columns = 0;
  for (const auto& scenario : scenarios) {
    const auto& behaviour = scenario.conditions.behaviour;
    if (behaviour.is_null()) continue;
    ++columns;
    EXPECT_TRUE(in_suite(scenario.name)) << scenario.name;
    if (!behaviour.contains("calm")) continue;
    EXPECT_TRUE(in_suite(behaviour["calm"])) << behaviour["calm"];
  }
  EXPECT_EQ(columns, 9);
}

}  // namespace
}  // namespace threadmill::harness
