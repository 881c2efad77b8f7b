#include "plots/words/load_words.h"

#include <gmock/gmock.h>

#include <fstream>

#include "files.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string words_of(json load) {
  results::ScenarioComparison scenario;
  scenario.pubsub = load.at("driver") == "pubsub";
  scenario.load = std::move(load);
  return load_in_words(scenario);
}

json shipped(const std::string& name) {
  std::ifstream file(std::filesystem::path(THREADMILL_SOURCE_DIR) / "harness/scenarios" / (name + ".json"));
  return json::parse(file).at("load");
}

TEST(LoadInWords, TellsMembersRoomsAndSizes) {
  EXPECT_THAT(
      words_of(shipped("chat-rooms")),
      StartsWith("100 publishers, 100 subscribers, 3 topic(s) with 10, 30 and 60 subscribers, messages "
                 "of 64 bytes (90 %) and 1,024 bytes (10 %), at most 4 outstanding per publisher; "
                 "sent for 2 s after 0.5 s of warm-up, then drained"));
}

TEST(LoadInWords, TellsThatMessagesAreConfirmed) {
  EXPECT_THAT(words_of(shipped("two-users-confirmed")),
              HasSubstr("64-byte messages, each confirmed by every subscriber, "));
  EXPECT_THAT(words_of(shipped("two-users")), Not(HasSubstr("confirmed")));
}

TEST(LoadInWords, TellsTheNetwork) {
  results::ScenarioComparison scenario;
  scenario.load = shipped("echo-wan");
  EXPECT_THAT(load_in_words(scenario), Not(HasSubstr("network")));
  scenario.conditions["network"] = {{"delay_ms", 10}, {"jitter_ms", 2.5}, {"rate_mbit", 100}};
  EXPECT_THAT(load_in_words(scenario),
              HasSubstr("; across a network with 10 ms (give or take 2.5 ms) of delay, 100 Mbit/s in each "
                        "direction; sent for"));
  scenario.conditions["network"] = json::object();
  EXPECT_THAT(load_in_words(scenario), HasSubstr("; across a network without delay; "));
}

TEST(LoadInWords, TellsDefaultsThatTheScenarioLeavesOut) {
  const json stop = {{"messages", 5}};
  EXPECT_THAT(words_of({{"driver", "http"}, {"connections", 3}, {"stop", stop}}),
              StartsWith("3 connections, HTTP GET /, 1 outstanding per connection; 5 messages each"));
  EXPECT_THAT(words_of({{"driver", "resp"}, {"connections", 3}, {"stop", stop}}),
              HasSubstr("the RESP command PING, 1 outstanding"));
}

TEST(LoadInWords, TellsBystandersAndChurn) {
  EXPECT_THAT(words_of(shipped("echo-idle")), HasSubstr("; beside them 5,000 idle connections; "));
  EXPECT_THAT(words_of(shipped("chat-slow")), HasSubstr("; beside them 5 slow readers of 1,000 bytes/s; "));
  EXPECT_THAT(words_of(shipped("echo-churn")), HasSubstr(", each left and made anew after 10 requests"));
  EXPECT_THAT(words_of(shipped("echo-64")), Not(HasSubstr("beside them")));
}

TEST(LoadInWords, AWarmUpThatEndsWhenSteadyLastsAtMostSoLong) {
  json load = shipped("echo-64");
  load["stop"] = {{"duration_s", 2}, {"warmup_s", 9}, {"steady", true}};
  EXPECT_THAT(words_of(load), HasSubstr("sent for 2 s after at most 9 s of warm-up"));
}

TEST(LoadInWords, EveryScenarioThatWeShipIsToldInFull) {
  const auto folder = std::filesystem::path(THREADMILL_SOURCE_DIR) / "harness/scenarios";
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    EXPECT_THAT(words_of(shipped(file.path().stem())), Not(HasSubstr("?"))) << file.path();
  }
}

TEST(LoadInWords, OfALoadThatIsNotUnderstoodTellsWhatIsThere) {
  EXPECT_THAT(words_of({{"driver", "echo"}, {"connections", 3}, {"of_a_later_version", 1}}),
              StartsWith("3 connections, ?-byte messages, ? outstanding per connection; ? messages each"));
}

TEST(LoadInWords, IsShownAsText) {
  const std::string text = words_of(
      {{"driver", "http"}, {"connections", 3}, {"path", "/<script>|*x*"}, {"stop", {{"messages", 5}}}});
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(text, HasSubstr("&lt;script"));
}

}  // namespace
}  // namespace threadmill::plots
