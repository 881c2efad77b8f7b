// Each mistake gives one clear line that names the thing and the remedy, and exit code 2.

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/end_to_end/run_in_folder.h"

namespace threadmill {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

void expect_one_line(const Finished& finished, int exit_code) {
  EXPECT_EQ(finished.exit_code, exit_code) << finished.err;
  EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
  EXPECT_EQ(finished.out, "");
}

TEST(BadInput, UnknownSuite) {
  const auto finished = threadmill_cli({"run", "quik"});
  expect_one_line(finished, 2);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("'quik'"), HasSubstr("did you mean 'quick'")));
}

TEST(BadInput, UnknownModel) {
  const auto finished = threadmill_cli({"run", "quick", "--models", "fork,epol"});
  expect_one_line(finished, 2);
  EXPECT_THAT(finished.err,
              AllOf(HasSubstr("'epol'"), HasSubstr("did you mean 'epoll'"), HasSubstr("broker")));
}

TEST(BadInput, UnknownScenarioKey) {
  const TemporaryFolder folder;
  const auto finished =
      threadmill_cli({"run", folder.write("mine.json", R"({"name": "mine", "repeat": 3})").string()});
  expect_one_line(finished, 2);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("mine.json: unknown key \"repeat\""),
                                  HasSubstr("allowed here: \"name\", \"title\"")));
}

TEST(BadInput, ATemporaryFolderThatIsNoneStopsOnlyWhoNeedsOne) {
  const auto run = [](const char* verb, const char* noun) {
    return Command({"/usr/bin/env", "TMPDIR=/dev/null", built("threadmill"), verb, noun}).wait();
  };
  const auto list = run("list", "models");
  EXPECT_EQ(list.exit_code, 0) << list.err;
  const auto cluster = run("cluster", "status");
  expect_one_line(cluster, 1);
  EXPECT_THAT(cluster.err, HasSubstr("temp_directory_path"));
}

TEST(BadInput, ScenarioFileThatIsNotThere) {
  const auto finished = threadmill_cli({"run", "none/such.json"});
  expect_one_line(finished, 2);
  EXPECT_THAT(finished.err, HasSubstr("none/such.json: cannot be read"));
}

TEST(BadInput, AMissingArgumentIsNamedAsInTheHelp) {
  for (const auto& [verb, name] : {std::pair{"sweep", "SCENARIO|FILE.json"},
                                   {"report", "FILE.jsonl"},
                                   {"gate", "--baseline"},
                                   {"study", "STUDY|FILE.json"}}) {
    const auto finished = threadmill_cli({verb});
    expect_one_line(finished, 2);
    EXPECT_THAT(finished.err, HasSubstr(std::string(name) + " is required"));
    EXPECT_THAT(threadmill_cli({verb, "--help"}).out, HasSubstr(name));
  }
}

TEST(BadInput, AMisspeltModelToServe) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"serve", "--model", "epol"}, {"serve", "--model=epol"}}) {
    const auto finished = threadmill_cli(words);
    expect_one_line(finished, 2);
    EXPECT_THAT(finished.err, AllOf(HasSubstr("--model"), HasSubstr("did you mean 'epoll'?")));
  }
}

TEST(BadInput, AFileThatCannotBeCreatedIsToldBeforeAnythingIsMeasured) {
  const std::string long_name(300, 'x');
  for (const std::string& out : {std::string("/proc/run.jsonl"), "/tmp/" + long_name + "/run.jsonl"}) {
    const auto finished = threadmill_cli({"run", "echo-64", "--out", out});
    expect_one_line(finished, 2);
    EXPECT_THAT(finished.err, HasSubstr("--out " + out));
  }
  const auto report = threadmill_cli({"report", THREADMILL_SOURCE_DIR "/tests/plots/data/small.jsonl",
                                      "--format", "csv", "--out", "/proc/report"});
  expect_one_line(report, 2);
  EXPECT_THAT(report.err, HasSubstr("--out /proc/report"));
}

TEST(BadInput, AGateOfOneFileAgainstItself) {
  const std::string file = THREADMILL_SOURCE_DIR "/tests/plots/data/small.jsonl";
  const std::string same = THREADMILL_SOURCE_DIR "/tests/../tests/plots/data/small.jsonl";
  for (const auto& candidate : {file, same}) {
    const auto finished = threadmill_cli({"gate", "--baseline", file, "--candidate", candidate});
    expect_one_line(finished, 2);
    EXPECT_THAT(finished.err, HasSubstr("given twice"));
  }
}

TEST(BadInput, OutFolderThatIsNotThere) {
  const auto finished = threadmill_cli({"run", "echo-64", "--out", "/no-such-folder/run.jsonl"});
  expect_one_line(finished, 2);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("--out"), HasSubstr("/no-such-folder")));
}

TEST(BadInput, OutFileThatExists) {
  const TemporaryFolder folder;
  const auto file = folder.write("run.jsonl", "precious");
  const auto finished = threadmill_cli({"run", "echo-64", "--out", file.string()});
  expect_one_line(finished, 2);
  EXPECT_THAT(finished.err, HasSubstr("exists already"));
}

struct Mistake {
  std::vector<std::string> arguments;
  std::vector<std::string> told;
};

void expect_told(const std::vector<Mistake>& mistakes) {
  for (const auto& [arguments, told] : mistakes) {
    SCOPED_TRACE(fmt::format("{}", fmt::join(arguments, " ")));
    const auto finished = threadmill_cli(arguments);
    expect_one_line(finished, 2);
    for (const auto& part : told) EXPECT_THAT(finished.err, HasSubstr(part));
  }
}

TEST(BadInput, UnknownWordsAreNamedWithTheNearest) {
  expect_told({{{"runn"}, {"unknown verb 'runn'", "did you mean 'run'?"}},
               {{"no-such-verb"}, {"unknown verb 'no-such-verb'", "there are: run, sweep"}},
               {{"list", "modles"}, {"unknown word after 'list' 'modles'", "did you mean 'models'?"}},
               {{"run", "--repeat", "3"}, {"unknown option '--repeat'", "did you mean '--repeats'?"}},
               {{"run", "--repeat=3"}, {"unknown option '--repeat'", "did you mean '--repeats'?"}},
               {{"run", "--no-such-option"}, {"unknown option '--no-such-option'", "--models"}},
               {{"--repeats"}, {"unknown option '--repeats'", "--version"}},
               {{"list"}, {"a word after 'list' is missing", "models, scenarios, suites"}},
               {{}, {"a verb is missing", "run, sweep"}}});
}

TEST(BadInput, NamesGivenTwiceOrEmpty) {
  const TemporaryFolder folder;
  const auto twice = folder.write("twice.json", R"({"name": "twice", "title": "t", "question": "q",
    "service": "echo", "subjects": ["epoll", "fork", "epoll"], "load": {}})");
  expect_told(
      {{{"run", "echo-64", "--models", "epoll,epoll"}, {"--models", "'epoll' is given twice"}},
       {{"run", "echo-64", "--models", "epoll,,fork"}, {"--models", "empty", "single commas"}},
       {{"run", "echo-64", "--models", "epoll,"}, {"--models", "empty"}},
       {{"run", twice.string()}, {"twice.json", "\"subjects\" has \"epoll\" twice", "name it once"}}});
}

TEST(BadInput, SubjectFolderThatIsNotThere) {
  expect_told({{{"run", "echo-64", "--subject-dir", "/no-such-folder", "--dry-run"},
                {"--subject-dir /no-such-folder: No such file or directory; give a folder of .json files"}}});
}

TEST(BadInput, SeedThatIsNegativeOrNoNumber) {
  for (const std::string seed : {"-1", "1.5", "x"}) {
    expect_told({{{"run", "echo-64", "--seed=" + seed}, {"--seed", "not negative", "'" + seed + "'"}}});
  }
}

TEST(BadInput, ReportOfWhatIsNoResultFile) {
  const TemporaryFolder folder;
  const auto empty = folder.write("empty.jsonl", "").string();
  const auto missing = (folder.path() / "missing.jsonl").string();
  const std::string remedy = "give a .jsonl file that `threadmill run` wrote";
  expect_told({{{"report", folder.path().string()}, {folder.path().string(), remedy}},
               {{"report", missing}, {missing, remedy}},
               {{"report", empty}, {empty, "empty", remedy}},
               {{"report", empty, empty, "--out", "x"}, {empty, "given twice", "once"}},
               {{"report", empty, "--out", empty}, {"--out " + empty, "choose another"}}});
}

TEST(BadInput, BrokenJsonIsToldWithoutTheLibrarysTag) {
  const TemporaryFolder folder;
  const auto file = folder.write("broken.json", "{ \"name\": }").string();
  expect_told({{{"run", file}, {file + ": not valid JSON: parse error at line 1"}}});
  EXPECT_THAT(threadmill_cli({"run", file}).err, Not(HasSubstr("json.exception")));
}

TEST(BadInput, PortInUse) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  const auto port = std::to_string(ntohs(address.sin_port));
  const auto finished = threadmill_cli({"serve", "--model", "epoll", "--service", "echo", "--port", port});
  ::close(listener);
  expect_one_line(finished, 1);
  EXPECT_THAT(finished.err, HasSubstr(port));
}

TEST(Help, EveryVerbHasIt) {
  const std::pair<const char*, const char*> words[] = {
      {"run", "--repeats"}, {"list", "scenarios"},  {"serve", "--service"},
      {"load", "--gates"},  {"report", "--format"}, {"compare", "--metric"},
      {"doctor", "--json"}, {"test", "ctest"},      {"study", "fan-out"}};
  for (const auto& [verb, word] : words) {
    const auto finished = threadmill_cli({verb, "--help"});
    EXPECT_EQ(finished.exit_code, 0) << verb;
    EXPECT_THAT(finished.out, AllOf(HasSubstr("--help"), HasSubstr(word))) << verb;
  }
  EXPECT_THAT(threadmill_cli({"--help"}).out, AllOf(HasSubstr("run"), HasSubstr("list"), HasSubstr("serve")));
  EXPECT_THAT(threadmill_cli({"--version"}).out, HasSubstr("threadmill 0."));
}

TEST(List, NamesWhatThereIs) {
  EXPECT_THAT(threadmill_cli({"list", "models"}).out,
              AllOf(HasSubstr("bare-epoll"), HasSubstr("redis-server"), HasSubstr("thread per client"),
                    ContainsRegex("epoll:tick +variant"), ContainsRegex("epoll +model"),
                    ContainsRegex("redis-server +foreign")));
  EXPECT_THAT(threadmill_cli({"list", "scenarios"}).out,
              AllOf(HasSubstr("light-100x10"), HasSubstr("chat-500")));
  EXPECT_THAT(threadmill_cli({"list", "suites"}).out, AllOf(HasSubstr("quick"), HasSubstr("full")));
  EXPECT_THAT(threadmill_cli({"list", "studies"}).out, AllOf(HasSubstr("fan-out"), HasSubstr("chat-2000")));
  for (const auto* noun : {"models", "scenarios", "suites", "studies"}) {
    EXPECT_TRUE(nlohmann::json::parse(threadmill_cli({"list", noun, "--json"}).out).is_array());
  }
}

}  // namespace
}  // namespace threadmill
