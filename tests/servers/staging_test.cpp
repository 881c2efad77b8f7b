#include "servers/staged/staging.h"

#include <gmock/gmock.h>

#include <map>

#include "os/clock.h"
#include "servers/staged/crashing_session.h"
#include "servers/staged/working_session.h"

namespace threadmill::servers {
namespace {

using testing::HasSubstr;

TEST(HandlerWork, ReadsATimeAndAShare) {
  EXPECT_EQ(parse_work("5ms:1%").cpu_ns, 5'000'000);
  EXPECT_EQ(parse_work("5ms:1%").every, 100U);
  EXPECT_EQ(parse_work("250us:0.1%").cpu_ns, 250'000);
  EXPECT_EQ(parse_work("250us:0.1%").every, 1000U);
  EXPECT_EQ(parse_work("1us:100%").every, 1U);
  EXPECT_EQ(parse_work("1ms:33.3333333%").every, 3U);
}

TEST(HandlerWork, SaysWhatIsAccepted) {
  for (const char* text :
       {"", "5ms", "5ms:", ":1%", "5:1%", "5s:1%", "0ms:1%", "-5ms:1%", "10001ms:1%", "5ms:0%", "5ms:101%",
        "5ms:30%", "5ms:1", "5ms:1%%", "5ms:x%", "5ms:nan%", "99999999999999999999us:1%"}) {
    try {
      parse_work(text);
      ADD_FAILURE() << text << " was accepted";
    } catch (const std::invalid_argument& error) {
      EXPECT_THAT(error.what(), HasSubstr("--work " + std::string(text) + ": give TIME:SHARE")) << text;
      EXPECT_THAT(error.what(), HasSubstr("5ms:1%")) << text;
    }
  }
}

TEST(HandlerWork, AHundredSessionsBeginToBurnAtAsManyTimesAsThereAre) {
  std::map<std::uint64_t, int> sessions_at;
  for (std::uint64_t session = 0; session < 1000; ++session) {
    const auto first = first_to_burn(session, 100);
    ASSERT_LT(first, 100U);
    ++sessions_at[first];
  }
  ASSERT_EQ(sessions_at.size(), 100U);
  for (const auto& [first, sessions] : sessions_at) EXPECT_NEAR(sessions, 10, 3) << first;
}

TEST(HandlerWork, UsesAsMuchCpuTimeAsItSays) {
  const auto before = os::thread_cpu_ns();
  use_cpu(3'000'000);
  EXPECT_GE(os::thread_cpu_ns() - before, 3'000'000);
}

TEST(HandlerWork, ProcessesShareTheCount) {
  SharedCounter counter;
  EXPECT_EQ(counter.next(), 0U);
  EXPECT_EXIT({ ::_exit(static_cast<int>(counter.next())); }, testing::ExitedWithCode(1), "");
  EXPECT_EQ(counter.next(), 2U);
}

class Resuming : public Session {
 public:
  Verdict on_bytes(std::string_view, Outbox&) override { return Verdict::keep; }
  bool resumes() const override { return true; }
};

// Or a client that comes back for what it missed would lose events of the middle.
TEST(Staging, ASessionThatResumesDoesSoStaged) {
  EXPECT_TRUE(WorkingSession(std::make_unique<Resuming>(), {}, 0).resumes());
  EXPECT_TRUE(CrashingSession(std::make_unique<Resuming>()).resumes());
}

TEST(Crash, TheTriggerIsFoundHoweverItsBytesCome) {
  const std::string trigger(kCrashTrigger);
  for (std::size_t split = 0; split <= trigger.size(); ++split) {
    TriggerSearch search;
    const bool early = search.found_in("THREAD" + trigger.substr(0, split));
    EXPECT_EQ(early || search.found_in(trigger.substr(split)), true) << split;
  }
  TriggerSearch search;
  for (const char* piece : {"THREADMILL", "-", "crash\r\n", "TTHREADMILL-CRASH", "\n"}) {
    EXPECT_FALSE(search.found_in(piece)) << piece;
  }
}

TEST(Crash, NamesWhatItDoesNotKnow) {
  EXPECT_EQ(parse_fault("crash"), Fault::crash);
  EXPECT_THROW(parse_fault("hang"), std::invalid_argument);
  EXPECT_THROW(parse_fault(""), std::invalid_argument);
}

}  // namespace
}  // namespace threadmill::servers
