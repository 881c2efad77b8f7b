#include "harness/trial/load_hosts.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/errors.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

json echo_load(int connections) {
  return {
      {"driver", "echo"}, {"connections", connections}, {"message_bytes", 64}, {"stop", {{"messages", 5}}}};
}

TEST(LoadHosts, AreNamesWithNumbersOfProcesses) {
  const auto hosts = parse_load_hosts("a,node-2.example:3,127.0.0.1", "");
  EXPECT_THAT(hosts.names(), ElementsAre("a:1", "node-2.example:3", "127.0.0.1:1"));
  EXPECT_EQ(hosts.processes(), 5U);
  EXPECT_FALSE(parse_load_hosts("", "").any());
}

TEST(LoadHosts, WhatIsNoHostIsRefusedByName) {
  for (const char* text :
       {"a,", ",a", "a b", "-oProxyCommand=x", "a:", "a:0", "a:x", "a:1:2", "a:5000", "a;b"}) {
    SCOPED_TRACE(text);
    try {
      parse_load_hosts(text, "");
      ADD_FAILURE() << "taken";
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr("--load-hosts"));
    }
  }
}

TEST(LoadHosts, AreToldToMpirunAsWordsOfTheirOwn) {
  const auto words = load_command(parse_load_hosts("a,b:2", "my agent"), "/programs");
  EXPECT_THAT(words, testing::IsSupersetOf({"mpirun", "a:1,b:2", "3", "plm_rsh_agent", "my agent"}));
  EXPECT_EQ(words.back(), "/programs/threadmill-load-mpi");
}

TEST(LoadHosts, TakeAThreadEachAndTheCpusOfTheirOwnMachine) {
  auto plan = echo_load(8);
  plan["cpus"] = {1};
  plan["threads"] = 2;  // as many as there are CPUs here
  const auto dealt = plan_for_hosts(plan, echo_load(8));
  EXPECT_FALSE(dealt.contains("cpus"));
  EXPECT_EQ(dealt["threads"], 1);
  EXPECT_EQ(plan_for_hosts(plan, plan)["threads"], 2) << "the scenario said so";
}

TEST(LoadHosts, CannotMakeALoadThatHasFewerConnectionsThanTheyAre) {
  const auto hosts = parse_load_hosts("a:9", "");
  EXPECT_EQ(why_not_from_hosts(echo_load(9), hosts), "");
  EXPECT_THAT(why_not_from_hosts(echo_load(8), hosts), HasSubstr("9 ranks"));
}

TEST(LoadHosts, CannotMakeALoadWithMoreThreadsThanAReportMayHave) {
  auto load = echo_load(10'000);
  load["threads"] = 64;
  EXPECT_EQ(why_not_from_hosts(load, parse_load_hosts("a:64", "")), "");
  EXPECT_THAT(why_not_from_hosts(load, parse_load_hosts("a:65", "")), HasSubstr("4096 are the most"));
}

TEST(LoadHosts, CannotMakeALoadWhosePublishersWaitForSubscribers) {
  const json chat = {{"driver", "pubsub"},
                     {"publishers", 4},
                     {"subscribers", 4},
                     {"message_bytes", 64},
                     {"stop", {{"messages", 5}}}};
  EXPECT_THAT(why_not_from_hosts(chat, parse_load_hosts("a,b", "")), HasSubstr("pubsub"));
}

}  // namespace
}  // namespace threadmill::harness
