// The whole path with real servers and the real generator.

#include <gmock/gmock.h>

#include "tests/end_to_end/run_in_folder.h"

namespace threadmill {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

void expect_sound(const nlohmann::json& trial) {
  EXPECT_EQ(trial["outcome"], "ok") << trial["failure"];
  EXPECT_EQ(trial["server"]["exit_status"], 0);
  // Result files travel, and where a program of ours was built is nobody's business.
  EXPECT_EQ(trial["server"]["command"][0].get<std::string>().find('/'), std::string::npos);
  EXPECT_GT(trial["load"]["completed"], 0);
  const auto& gates = trial["samples"]["gates"];
  ASSERT_TRUE(gates.contains("measured"));
  EXPECT_GT(gates["measured"]["cpu_ns"], gates["connected"]["cpu_ns"]);
  EXPECT_GT(gates["measured"]["pss_bytes"], 0);
}

TEST_F(RunTest, EchoWithEachModelIsKeptTrialByTrial) {
  const auto finished = run("tiny-echo.json", "fork,thread,epoll,broker,bare-epoll", 2);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const auto file = results();
  EXPECT_EQ(file.end_outcome, "complete");
  ASSERT_EQ(file.trials.size(), 10U);
  for (const auto& trial : file.trials) {
    SCOPED_TRACE(trial["subject"]);
    expect_sound(trial);
    EXPECT_EQ(trial["load"]["completed"], 200);
    if (trial["subject"] == "fork") {
      EXPECT_GT(trial["samples"]["gates"]["measured"]["processes"], 1);
    }
  }
}

TEST_F(RunTest, InTheEndItTellsWhichPageToOpen) {
  auto words = arguments("tiny-echo.json", "epoll", 1);
  std::erase(words, "--no-report");
  const auto finished = threadmill_cli(words);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  expect_page_told(finished);
}

/// Each of so many messages of a pub/sub scenario reached all three subscribers of its topic, with each
/// model.
void expect_all_delivered(const results::ResultFile& file, int messages) {
  ASSERT_EQ(file.trials.size(), 4U);
  for (const auto& trial : file.trials) {
    SCOPED_TRACE(trial["subject"]);
    expect_sound(trial);
    EXPECT_EQ(trial["load"]["completed"], messages);
    EXPECT_EQ(trial["load"]["deliveries"], 3 * messages);
    EXPECT_EQ(trial["load"]["integrity"]["corrupt"], 0);
  }
}

TEST_F(RunTest, EachMessageIsConfirmedByEachSubscriberWithEachModel) {
  const auto finished = run("tiny-confirm.json", "fork,thread,epoll,broker", 1);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  expect_all_delivered(results(), 400);
}

// Publishers hear one another, which is not counted.
TEST_F(RunTest, RoomsWithEachModel) {
  const auto finished = run("tiny-rooms.json", "fork,thread,epoll,broker", 1);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  expect_all_delivered(results(), 800);
}

TEST_F(RunTest, ChatWithEachModel) {
  const auto finished = run("tiny-chat.json", "fork,thread,epoll,broker", 1);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const auto file = results();
  ASSERT_EQ(file.trials.size(), 4U);
  for (const auto& trial : file.trials) {
    SCOPED_TRACE(trial["subject"]);
    expect_sound(trial);
    EXPECT_EQ(trial["load"]["deliveries"], 3 * trial["load"]["completed"].get<int>())
        << "six subscribers over two topics";
  }
}

TEST_F(RunTest, CommandsAndRepliesWithEachModelAndWithRedis) {
  const auto finished = run("tiny-ping.json", "fork,thread,epoll,broker,redis-server", 1);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const auto file = results();
  ASSERT_EQ(file.trials.size(), 5U);
  for (const auto& trial : file.trials) {
    SCOPED_TRACE(trial["subject"]);
    expect_sound(trial);
    EXPECT_EQ(trial["load"]["completed"], 200);
    EXPECT_EQ(trial["load"]["bytes"]["received"], 200 * std::string_view("+PONG\r\n").size());
  }
}

TEST_F(RunTest, TellsTheCommitThatItsProgramsWereBuiltFrom) {
  ASSERT_EQ(run("tiny-echo.json", "epoll", 1).exit_code, 0);
  const auto file = results();
  const auto& ready = file.trials.at(0)["server"]["ready"];
  EXPECT_EQ(file.header["tool"]["git_commit"], ready.at("commit"));
  EXPECT_EQ(file.header["tool"]["git_dirty"], ready.at("dirty"));
}

TEST_F(RunTest, RedisIsASubject) {
  const auto finished = run("tiny-chat.json", "redis-server", 1);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  ASSERT_EQ(results().trials.size(), 1U);
  expect_sound(results().trials[0]);
}

// Whether the kernel lets us count depends on the machine; either way the file says so.
void expect_counted_or_said_why(const nlohmann::json& trial) {
  ASSERT_TRUE(trial.contains("syscalls"));
  const auto& syscalls = trial["syscalls"];
  if (syscalls.contains("unavailable")) {
    EXPECT_FALSE(syscalls["unavailable"].get<std::string>().empty());
    return;
  }
  EXPECT_GE(syscalls["counted"], 2 * syscalls["requests"].get<int>()) << "a read and a write for each";
  EXPECT_GT(syscalls["requests"], 0);
}

TEST_F(RunTest, SystemCallsAreCountedOnceForEachSubject) {
  ASSERT_EQ(run("tiny-echo.json", "fork,thread", 2).exit_code, 0);
  for (const auto& trial : results().trials) {
    SCOPED_TRACE(trial["subject"].get<std::string>() + trial["repeat"].dump());
    if (trial["repeat"] == 0) {
      expect_counted_or_said_why(trial);
    } else {
      EXPECT_FALSE(trial.contains("syscalls"));
    }
  }
}

TEST_F(RunTest, SystemCallsAreNotCountedWhereNobodyAsks) {
  auto words = arguments("tiny-echo.json", "epoll", 1);
  words.emplace_back("--no-syscalls");
  ASSERT_EQ(threadmill_cli(words).exit_code, 0);
  EXPECT_FALSE(results().trials.at(0).contains("syscalls"));
}

// How nearly is a figure: each report tells it, and a reference run is checked for it
// (committed_files_test.cpp). A server under sanitizers looks for leaks when it ends, which no sampler sees.
TEST_F(RunTest, TheSamplersTotalHasWhatTheKernelCounts) {
  const auto busy = folder_.write("busy.json", R"({"name": "busy", "title": "t", "question": "q?",
    "service": "echo", "subjects": ["epoll"], "load": {"driver": "echo", "connections": 4, "message_bytes": 64,
    "pipeline": 16, "stop": {"duration_s": 0.5, "warmup_s": 0}}})");
  const auto finished = run(busy.string(), "fork,thread,epoll,broker", 1);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  for (const auto& trial : results().trials) {
    SCOPED_TRACE(trial["subject"]);
    const auto sampled_ns = trial["accounts"]["sampled_cpu_ns"].get<std::int64_t>();
    const auto waited_ns = trial["accounts"]["waited_cpu_ns"].get<std::int64_t>();
    EXPECT_GT(waited_ns, 0);
    EXPECT_GT(sampled_ns, waited_ns / 4) << "children or threads are missing";
    EXPECT_LE(sampled_ns, waited_ns + 20'000'000) << "something is counted twice";
    EXPECT_TRUE(trial["machine"].contains("others_cpu_percent"));
  }
}

TEST_F(RunTest, FileConformsToThePublishedSchema) {
  ASSERT_EQ(run("tiny-echo.json", "epoll,fork,not-installed", 1).exit_code, 1);
  EXPECT_TRUE(conforms_to_schema(out()));

  auto trial = results().trials.at(1);
  trial.erase("started_at");
  const auto bad_file = folder_.write("bad.jsonl", trial.dump() + "\n");
  const auto bad = conforms_to_schema(bad_file);
  EXPECT_FALSE(bad);
  EXPECT_THAT(bad.message(), HasSubstr("started_at"));
}

TEST_F(RunTest, HeaderHasTheVersionsOfForeignPrograms) {
  folder_.write("odd.json",
                R"({"name": "odd", "summary": "s", "services": ["echo"], "ready": {"json_line": true},
    "command": ["no-such-program-anywhere"], "version": ["printf", "Odd server 1.2\nmore\n"]})");
  folder_.write("mute.json",
                R"({"name": "mute", "summary": "s", "services": ["echo"], "ready": {"json_line": true},
    "command": ["no-such-program-anywhere"], "version": ["no-such-program-anywhere"]})");
  const auto finished = threadmill_cli({"run", (kHere / "tiny-echo.json").string(), "--subjects", "odd,mute",
                                        "--out", out().string(), "--no-report", "--no-selftest",
                                        "--subject-dir", folder_.path().string()});
  EXPECT_EQ(finished.exit_code, 1) << finished.err;
  const auto versions = results().header["run"]["subject_versions"];
  EXPECT_EQ(versions, nlohmann::json({{"odd", "Odd server 1.2"}, {"mute", nullptr}}));
  EXPECT_TRUE(conforms_to_schema(out()));
}

TEST_F(RunTest, HeaderTellsWhereTheNumbersComeFrom) {
  auto with_selftest = arguments("tiny-echo.json", "epoll", 1);
  std::erase(with_selftest, "--no-selftest");
  ASSERT_EQ(threadmill_cli(with_selftest).exit_code, 0);
  const auto header = results().header;
  EXPECT_EQ(header["run"]["subjects"], nlohmann::json({"epoll"}));
  EXPECT_EQ(header["run"]["arguments"][0], "run");
  EXPECT_FALSE(header["environment"]["compiler"].get<std::string>().empty());
  EXPECT_GT(header["environment"]["cpus_online"], 0);
  ASSERT_TRUE(header["selftest"].contains("truth")) << header["selftest"];
  EXPECT_FALSE(header["selftest"]["truth"].empty());
  EXPECT_GT(header["selftest"]["loopback"]["bytes_per_s"].get<double>(), 0);
  EXPECT_TRUE(conforms_to_schema(out()));
}

TEST_F(RunTest, NamesTheProblemsOfTheMachine) {
  const auto finished =
      Command({"/bin/sh", "-c",
               "ulimit -n 512; exec \"$0\" run \"$1\" --models epoll --repeats 1 --no-report "
               "--no-selftest --out \"$2\"",
               built("threadmill"), (kHere / "tiny-echo.json").string(), out().string()})
          .wait();
  EXPECT_THAT(finished.err, AllOf(HasSubstr("(threadmill doctor tells more): "), HasSubstr("descriptors")));
}

TEST_F(RunTest, WithoutTheSelfTestTheHeaderHasNoFiguresOfIt) {
  ASSERT_EQ(run("tiny-echo.json", "epoll", 1).exit_code, 0);
  EXPECT_FALSE(results().header.contains("selftest"));
}

TEST_F(RunTest, AWarmupMayEndWhenTheRateIsSteady) {
  const auto finished = run("tiny-steady.json", "epoll", 1);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const auto file = results();
  ASSERT_EQ(file.trials.size(), 1U);
  expect_sound(file.trials[0]);
  const auto& warmup = file.trials[0]["load"]["warmup"];
  // Which of both it was is up to the machine.
  ASSERT_TRUE(warmup.contains("steady")) << warmup;
  EXPECT_TRUE(warmup["steady"].is_boolean()) << warmup;
}

TEST_F(RunTest, JsonIsAllThatStandardOutputHas) {
  auto words = arguments("tiny-echo.json", "epoll,lies", 1);
  words.emplace_back("--json");
  for (const bool with_report : {false, true}) {
    if (with_report) std::erase(words, "--no-report");
    std::filesystem::remove(out());
    const auto finished = threadmill_cli(words);
    EXPECT_EQ(finished.exit_code, 1) << "one of them lies: " << finished.err;
    ASSERT_TRUE(conforms_to_schema(folder_.write("report.json", finished.out)));
    const auto rows = nlohmann::json::parse(finished.out)["scenarios"].at(0)["rows"];
    EXPECT_EQ(rows.at(0)["subject"], "epoll");
    EXPECT_EQ(rows.at(1)["verdict"]["state"], "invalid");
    EXPECT_EQ(std::filesystem::exists(folder_.path() / "run/report.md"), with_report);
    EXPECT_EQ(finished.err.find("report: ") != std::string::npos, with_report) << finished.err;
  }
}

}  // namespace
}  // namespace threadmill
