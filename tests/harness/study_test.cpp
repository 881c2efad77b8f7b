#include "harness/catalogue/study.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "harness/errors.h"
#include "harness/runs/run_plan.h"
#include "results/study/judgement.h"
#include "results/study/study.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown.h"

namespace threadmill::harness {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const fs::path kTree = THREADMILL_SOURCE_DIR;

json study_document() {
  return json::parse(R"({
    "name": "mine", "title": "t", "question": "q",
    "source": {"id": "000", "measured": "m", "machine": "a laptop"},
    "scenarios": ["echo-64", {"name": "tiny", "title": "t", "question": "q", "service": "echo", "subjects": ["epoll"],
      "load": {"driver": "echo", "connections": 2, "message_bytes": 64, "stop": {"duration_s": 2.0}}}],
    "subjects": ["epoll", "fork"], "peers": ["nobody"], "repeats": 6, "duration_s": 0.5, "warmup_s": 0.1,
    "notes": ["n"],
    "claims": [
      {"text": "c", "scenarios": ["echo-64", "tiny"], "metric": "requests_per_s",
       "test": {"kind": "more", "of": "epoll", "than": "nobody", "by_at_least": 1.5}},
      {"text": "c", "scenarios": ["tiny"], "metric": "requests_per_s", "test": {"kind": "at_least", "of": "fork", "value": 5}},
      {"text": "c", "scenarios": ["echo-64", "tiny"], "metric": "requests_per_s", "test": {"kind": "falls_with", "of": "fork"}},
      {"text": "c", "scenarios": ["tiny"], "test": {"kind": "delivers", "of": "fork"}},
      {"text": "c", "test": {"kind": "not_tested", "because": "b"}}]})");
}

std::string study_error(const json& document) {
  return thrown_by<InputError>([&] { parse_study(document, "mine.json"); });
}

/// The document with the value at a JSON pointer replaced.
json study_with(const char* pointer, const json& value) {
  auto document = study_document();
  document[json::json_pointer(pointer)] = value;
  return document;
}

TEST(Study, ReadsEveryField) {
  const auto study = parse_study(study_document(), "mine.json");
  EXPECT_EQ(study.name, "mine");
  EXPECT_EQ(study.repeats, 6);
  EXPECT_THAT(study.subjects, ElementsAre("epoll", "fork"));
  EXPECT_THAT(study.peers, ElementsAre("nobody"));
  EXPECT_EQ(study.kept["scenarios"], json({"echo-64", "tiny"})) << "by name";
  EXPECT_FALSE(study.kept.contains("repeats")) << "which the header tells already";
}

TEST(Study, WhatIsKeptIsWhatTheJudgementReads) {
  const json header = {{"run", {{"study", "mine"}}}, {"study", parse_study(study_document(), "x").kept}};
  const auto study = results::study_of(header);
  ASSERT_TRUE(study);
  ASSERT_EQ(study->claims.size(), 5U);
  for (const auto& claim : study->claims) EXPECT_NE(claim.kind, results::ClaimKind::unknown);
  EXPECT_EQ(study->claims[0].by_at_least, 1.5);
  EXPECT_EQ(study->claims[1].value, 5);
  EXPECT_EQ(study->source.machine, "a laptop");
}

TEST(Study, UnknownKeysAreNamedWithWhatWasMeant) {
  EXPECT_THAT(study_error(study_with("/claim", 1)),
              AllOf(HasSubstr("mine.json: unknown key \"claim\""), HasSubstr("did you mean \"claims\"")));
  EXPECT_THAT(study_error(study_with("/source/machin", "m")),
              AllOf(HasSubstr("\"source.machin\""), HasSubstr("did you mean \"machine\"")));
  EXPECT_THAT(study_error(study_with("/claims/0/scenario", "tiny")),
              AllOf(HasSubstr("\"claims[0].scenario\""), HasSubstr("did you mean \"scenarios\"")));
  EXPECT_THAT(study_error(study_with("/claims/0/test/then", "fork")),
              AllOf(HasSubstr("\"claims[0].test.then\""), HasSubstr("did you mean \"than\"")));
  EXPECT_THAT(study_error(study_with("/claims/1/test/than", "fork")),
              HasSubstr("unknown key \"claims[1].test.than\""))
      << "which has no meaning beside at_least";
  EXPECT_THAT(study_error(study_with("/scenarios/1/lod", 1)),
              AllOf(HasSubstr("mine.json: scenarios[1]: unknown key \"lod\""), HasSubstr("\"load\"")));
}

TEST(Study, MissingKeysAreNamed) {
  for (const char* key :
       {"name", "title", "question", "source", "scenarios", "subjects", "repeats", "claims"}) {
    auto document = study_document();
    document.erase(key);
    EXPECT_THAT(study_error(document), HasSubstr(std::string("mine.json: \"") + key + "\" is missing"));
  }
  for (const char* pointer :
       {"/claims/0/metric", "/claims/0/scenarios", "/claims/0/test/than", "/claims/3/test/of",
        "/claims/4/test/because", "/claims/1/test/value", "/source/id"}) {
    auto document = study_document();
    const json::json_pointer at(pointer);
    document[at.parent_pointer()].erase(at.back());
    EXPECT_THAT(study_error(document), AllOf(HasSubstr(at.back() + "\" is missing"))) << pointer;
  }
}

TEST(Study, ClaimsMayOnlyNameWhatIsThere) {
  EXPECT_THAT(study_error(study_with("/claims/0/test/of", "epol")),
              AllOf(HasSubstr("\"claims[0].test.of\""), HasSubstr("did you mean 'epoll'")));
  EXPECT_THAT(study_error(study_with("/claims/0/scenarios/0", "echo-6")),
              HasSubstr("did you mean 'echo-64'"));
  EXPECT_THAT(study_error(study_with("/claims/0/metric", "request_per_s")),
              HasSubstr("did you mean 'requests_per_s'"));
  EXPECT_THAT(study_error(study_with("/claims/0/test/relative_to", "tin")), HasSubstr("did you mean 'tiny'"));
  EXPECT_THAT(study_error(study_with("/claims/0/test/kind", "mor")), HasSubstr("\"more\", \"less\""));
  EXPECT_THAT(study_error(study_with("/claims/2/scenarios", {"tiny"})), HasSubstr("two or more"));
  EXPECT_THAT(study_error(study_with("/claims/4/metric", "requests_per_s")), HasSubstr("leave it out"));
  EXPECT_THAT(study_error(study_with("/claims/0/test/by_at_least", 0)), HasSubstr("by_at_least"));
}

TEST(Study, NothingIsNamedTwice) {
  EXPECT_THAT(study_error(study_with("/peers", {"epoll"})), HasSubstr("\"epoll\" twice"));
  EXPECT_THAT(study_error(study_with("/scenarios/0", "tiny")), HasSubstr("\"tiny\" twice"));
}

TEST(Study, FewerRepeatsThanAnIntervalTakesAreRefused) {
  EXPECT_THAT(study_error(study_with("/repeats", 5)),
              AllOf(HasSubstr("mine.json: \"repeats\" must be 6 or more"), HasSubstr("no interval of 95 %")));
  EXPECT_EQ(parse_study(study_with("/repeats", 6), "mine.json").repeats, 6);
}

TEST(Study, ScenariosGetItsSubjectsAndDurations) {
  const auto known = read_scenarios(kTree / "harness/scenarios");
  const auto scenarios = scenarios_of(parse_study(study_document(), "x"), known);
  ASSERT_EQ(scenarios.size(), 2U);
  for (const auto& scenario : scenarios) {
    EXPECT_THAT(scenario.subjects, ElementsAre("epoll", "fork"));
    EXPECT_EQ(scenario.load["stop"]["duration_s"], 0.5);
  }
  EXPECT_THAT(thrown_by<InputError>([&] { scenarios_of(parse_study(study_document(), "x"), {}); }),
              HasSubstr("study 'mine': unknown scenario 'echo-64'"));
}

RunPlan plan_of_study(const json& document) {
  const TemporaryFolder folder;
  RunRequest request;
  request.study = folder.write("mine.json", document.dump()).string();
  return make_run_plan(request, kTree, "/bin/sh");
}

TEST(Study, APeerThatIsNotHereIsLeftOutAndTold) {
  const auto plan = plan_of_study(study_document());
  EXPECT_EQ(plan.name, "mine");
  EXPECT_EQ(plan.slots.size(), 2U * 2U * 6U);
  EXPECT_THAT(plan.untried, IsEmpty());
  EXPECT_THAT(plan.notices, ElementsAre("nobody is left out: there is no such subject here"));
}

TEST(Study, WhoAsksForTooFewRepeatsIsTold) {
  const auto notices = [](int repeats) {
    RunRequest request;
    request.study = "chat-room";
    request.repeats = repeats;
    return make_run_plan(request, kTree, "/bin/sh").notices;
  };
  EXPECT_THAT(notices(5), Contains(HasSubstr("--repeats 5: too few for an interval of 95 %")));
  EXPECT_THAT(notices(6), Not(Contains(HasSubstr("--repeats"))));
}

TEST(Study, APeerThatIsHereTakesPartWhereItServes) {
  auto document = study_with("/peers", {"broker"});
  document["claims"] = json::array();
  const auto plan = plan_of_study(document);
  EXPECT_THAT(plan.notices, IsEmpty());
  EXPECT_THAT(plan.scenarios.at(0).subjects, ElementsAre("epoll", "fork", "broker"));
}

TEST(Study, SubjectsTakePartWhereTheyServe) {
  auto document = study_with("/subjects", {"epoll", "bare-epoll"});
  document["claims"] = json::array();
  document["peers"] = {"no-nats-server"};
  document["scenarios"].push_back("chat-50");
  document["scenarios"].push_back("nats-50");
  const auto plan = plan_of_study(document);
  ASSERT_EQ(plan.scenarios.size(), 3U);
  EXPECT_THAT(plan.scenarios.at(0).subjects, ElementsAre("epoll", "bare-epoll"));
  EXPECT_THAT(plan.scenarios.at(2).subjects, ElementsAre("epoll")) << "bare-epoll serves echo only";
  EXPECT_THAT(plan.notices, Contains("nats-50 is left out: nobody here serves nats"));
}

TEST(Study, ASubjectThatServesNowhereIsAMistake) {
  auto document = study_with("/subjects", {"epoll", "redis-server"});
  document["claims"] = json::array();
  EXPECT_THAT(thrown_by<InputError>([&] { plan_of_study(document); }),
              HasSubstr("'redis-server' does not serve echo"));
}

TEST(Study, ASubjectThatIsNoPeerMustBeKnown) {
  auto document = study_document();
  document["subjects"] = {"epoll", "fork", "bare-epol"};
  EXPECT_THAT(thrown_by<InputError>([&] { plan_of_study(document); }),
              HasSubstr("did you mean 'bare-epoll'"));
}

TEST(Study, ThoseThatWeShipCanBeRun) {
  const auto studies = read_studies(kTree / "harness/studies");
  std::vector<std::string> names;
  for (const auto& study : studies) {
    names.push_back(study.name);
    RunRequest request;
    request.study = study.name;
    const auto plan = make_run_plan(request, kTree, "/bin/sh");
    EXPECT_EQ(plan.repeats % 4, 0) << study.name << ": scenarios are balanced over two blocks";
    const auto kept = results::study_of({{"run", {{"study", study.name}}}, {"study", study.kept}});
    for (const auto& claim : kept->claims) {
      // One case settles these.
      if (claim.kind == results::ClaimKind::never || claim.kind == results::ClaimKind::happens) continue;
      EXPECT_GE(plan.repeats,
                results::fewest_deciding_repeats(std::max<std::size_t>(1, claim.scenarios.size())))
          << study.name << ": " << claim.text << ": nothing could refute it";
    }
    EXPECT_FALSE(plan.slots.empty());
  }
  EXPECT_THAT(names,
              ElementsAre("chat-room", "cluster", "concurrent-servers", "cpu-bound", "delivery", "fan-out",
                          "integration", "isolation", "messaging-rivals", "offline", "sync-async"));
}

TEST(Study, AScenarioMayBeWrittenOutOnceForSeveralNumbers) {
  auto document = study_document();
  auto& tiny = document["scenarios"][1];
  tiny["name"] = "tiny-{connections}";
  tiny["each"]["connections"] = {3, 12};
  for (auto& claim : document["claims"]) {
    if (!claim.contains("scenarios")) continue;
    for (auto& name : claim["scenarios"]) {
      if (name == "tiny") name = "tiny-12";
    }
  }
  const auto study = parse_study(document, "mine.json");
  ASSERT_EQ(study.scenarios.size(), 3U);
  for (const auto& [at, connections] : {std::pair{1U, 3}, {2U, 12}}) {
    const auto& scenario = std::get<Scenario>(study.scenarios[at]);
    EXPECT_EQ(scenario.name, "tiny-" + std::to_string(connections));
    EXPECT_EQ(scenario.load["connections"], connections);
  }
  tiny["each"] = {{"connections", 3}};
  EXPECT_THAT(thrown_by<InputError>([&] { parse_study(document, "mine.json"); }),
              HasSubstr("with a key of its load"));
}

/// What a claim says of confirmations has to be measured where there are some.
TEST(Study, ConfirmationIsClaimedOnlyOfLoadsThatConfirm) {
  const auto known = read_scenarios(kTree / "harness/scenarios");
  const auto confirms = [&](const std::string& name) {
    const auto found = std::ranges::find(known, name, &Scenario::name);
    return found != known.end() && found->load.value("confirm", false);
  };
  const auto study = find_study("sync-async", kTree / "harness/studies");
  const auto kept = results::study_of({{"run", {{"study", study.name}}}, {"study", study.kept}});
  int claims = 0;
  for (const auto& claim : kept->claims) {
    if (claim.text.find("confirmed") == std::string::npos) continue;
    ++claims;
    for (const auto& scenario : claim.scenarios) EXPECT_TRUE(confirms(scenario)) << scenario;
  }
  EXPECT_EQ(claims, 1);
}

TEST(Study, UnknownNamesAreToldWithWhatWasMeant) {
  EXPECT_THAT(thrown_by<InputError>([&] { find_study("fan-ot", kTree / "harness/studies"); }),
              HasSubstr("unknown study 'fan-ot'; did you mean 'fan-out'"));
}

}  // namespace
}  // namespace threadmill::harness
