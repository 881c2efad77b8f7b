#include "harness/catalogue/subject.h"

#include <gmock/gmock.h>

#include "harness/errors.h"
#include "harness/locations.h"
#include "servers/core/chat_session.h"
#include "servers/core/http_session.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/text_files.h"
#include "tests/support/thrown.h"

namespace threadmill::harness {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kSubject = R"({"name": "peer", "summary": "s", "services": ["chat"],
  "command": ["{folder}/peer.sh", "--port", "{port}"], "ready": {"connect": true}, "package": "peer-package"})";

TEST(Subject, ReadsAFileAndFillsInItsFolder) {
  const TemporaryFolder folder;
  const auto subject = read_subject(folder.write("peer.json", kSubject));
  EXPECT_EQ(subject.command[0], (folder.path() / "peer.sh").string());
  EXPECT_EQ(subject.command[2], "{port}");
  EXPECT_EQ(subject.ready, ReadyBy::connect);
  EXPECT_TRUE(subject.offers("chat"));
  EXPECT_FALSE(subject.offers("echo"));
}

TEST(Subject, WrongFilesAreNamed) {
  const TemporaryFolder folder;
  const auto error_of = [&](const std::string& text) {
    const auto file = folder.write("peer.json", text);
    return thrown_by<InputError>([&] { read_subject(file); });
  };
  EXPECT_THAT(error_of(R"({"name": "peer"})"), AllOf(HasSubstr("peer.json"), HasSubstr("is missing")));
  std::string text = kSubject;
  EXPECT_THAT(error_of(text.replace(text.find("{\"connect\": true}"), 17, "{\"connect\": false}")),
              HasSubstr("peer.json: \"ready\" must be {\"json_line\": true} or"));
  text = kSubject;
  EXPECT_THAT(error_of(text.replace(text.find("{\"connect\""), 10, "{\"conect\"")),
              AllOf(HasSubstr("\"ready.conect\""), HasSubstr("did you mean \"connect\"")));
  text = kSubject;
  EXPECT_THAT(error_of(text.replace(text.find("\"peer\""), 6, "\"pear\"")),
              HasSubstr("\"name\" must be \"peer\""));
  text = kSubject;
  EXPECT_THAT(error_of(text.replace(text.find("[\"chat\"]"), 8, "[\"caht\"]")),
              HasSubstr("\"services\" may name echo, chat, web, nats, amqp, not \"caht\""));
}

TEST(Subject, ModelsOfTheRegistryAreSubjects) {
  const auto subjects = model_subjects("/bin/threadmill-server");
  ASSERT_FALSE(subjects.empty());
  const auto command =
      fill_in(subjects[0].command, {{"service", "echo"}, {"port", "0"}, {"address", "127.0.0.1"}});
  EXPECT_THAT(command, ::testing::ElementsAre("/bin/threadmill-server", "--model", subjects[0].name,
                                              "--service", "echo", "--port", "0", "--address", "127.0.0.1"));
}

// They are other programs, so the numbers stand there again.
TEST(Subject, RivalsOfOursKeepOurLimits) {
  const servers::ChatLimits chat;
  const servers::WebLimits web;
  const std::pair<std::string, std::size_t> limits[] = {{"MOST_TOPICS", chat.subscriptions},
                                                        {"MOST_TOPIC_BYTES", chat.topic_bytes},
                                                        {"MOST_STREAM_TOPICS", web.stream_topics},
                                                        {"MOST_WEB_TOPIC_BYTES", web.topic_bytes}};
  const auto peers = fs::path(THREADMILL_SOURCE_DIR) / "servers/peers";
  const std::string node = contents_of(peers / "node/limits.mjs");
  const std::string python =
      contents_of(peers / "python/chat.py") + contents_of(peers / "python/web_asyncio.py");
  for (const auto& [name, value] : limits) {
    EXPECT_THAT(node, HasSubstr(" " + name + " = " + std::to_string(value) + ";"));
    EXPECT_THAT(python, ::testing::ContainsRegex("\n" + name + " = " + std::to_string(value) + "( |\n)"));
  }
}

TEST(Subject, AFlushThatDoesNotConcernAnswersIsNoOtherServerOfEcho) {
  const auto known = model_subjects("threadmill-server");
  for (const char* name : {"fork:tick", "thread:tick"}) {
    EXPECT_FALSE(find_subject(known, name, "").offers("echo")) << name;
    EXPECT_TRUE(find_subject(known, name, "").offers("chat")) << name;
  }
  EXPECT_TRUE(find_subject(known, "epoll:tick", "").offers("echo"));
}

TEST(Subject, AModelMayBeAskedForWithADelayOfItsFlush) {
  const auto known = model_subjects("threadmill-server");
  const auto subject = find_subject(known, "broker:delay:150us", "--models: ");
  EXPECT_EQ(subject.name, "broker:delay:150us");
  EXPECT_TRUE(subject.is_variant);
  EXPECT_EQ(subject.command.back(), "delay:150us");
  const auto error_of = [&](const char* name) {
    return thrown_by<InputError>([&] { find_subject(known, name, "--models: "); });
  };
  EXPECT_THAT(error_of("broker:delay:soon"), HasSubstr("--models: 'delay:soon' is not a way to flush"));
  EXPECT_THAT(error_of("thread:delay:150us"), HasSubstr("the model thread has no such way to flush"));
  EXPECT_THAT(error_of("brokr:delay:150us"), HasSubstr("unknown model 'brokr:delay:150us'"));
  EXPECT_THAT(error_of("brokr"), HasSubstr("did you mean 'broker'?"));
}

TEST(Subject, AModelMayBeAskedForWithItsWaysToDistributeAndSeveralLoops) {
  const auto known = model_subjects("threadmill-server");
  const auto writers = find_subject(known, "broker:writers", "");
  EXPECT_TRUE(writers.is_variant);
  EXPECT_TRUE(writers.offers("chat"));
  EXPECT_FALSE(writers.offers("echo")) << "which distributes nothing";
  EXPECT_EQ(writers.command.back(), "writers");
  const auto loops = find_subject(known, "broker:loops:4", "");
  EXPECT_EQ(loops.name, "broker:loops:4");
  EXPECT_EQ(loops.command.back(), "4");
  const auto handoff = find_subject(known, "broker:writers:loops:2:handoff", "");
  EXPECT_THAT(handoff.command,
              ::testing::IsSupersetOf({"--distribute", "writers", "--loops", "2", "handoff"}));
  const auto error_of = [&](const char* name) {
    return thrown_by<InputError>([&] { find_subject(known, name, "--models: "); });
  };
  EXPECT_THAT(error_of("broker:loops:1"),
              HasSubstr("--models: 'broker:loops:1': give broker:loops:N with N from 2"));
  EXPECT_THAT(error_of("broker:loops:x"), HasSubstr("with N from 2 to 64"));
  EXPECT_THAT(error_of("epoll:loops:2"), HasSubstr("epoll has no use for several loops"));
  EXPECT_THAT(error_of("brokr:loops:2"), HasSubstr("unknown model 'brokr'"));
}

TEST(Subject, NameTakenTwiceIsAnError) {
  const TemporaryFolder one;
  const TemporaryFolder two;
  one.write("peer.json", kSubject);
  two.write("peer.json", kSubject);
  EXPECT_THAT(thrown_by<InputError>([&] {
                read_subjects("/bin/server", {one.path(), two.path()});
              }),
              HasSubstr("already"));
}

TEST(Subject, OurServerProgramIsFilledIn) {
  const TemporaryFolder folder;
  folder.write("peer.json", R"({"name": "peer", "summary": "s", "services": ["chat"],
    "command": ["node", "--through", "{threadmill-server}"], "needs": ["{threadmill-server}"], "ready": {"json_line": true}})");
  const auto subject = read_subjects("/bin/sh", {folder.path()}).back();
  EXPECT_THAT(subject.command, ::testing::ElementsAre("node", "--through", "/bin/sh"));
  EXPECT_THAT(subject.needs, ::testing::ElementsAre("/bin/sh"));
}

TEST(Subject, OurOwnProgramIsTheOneBesideTheServerAndKeptWithoutItsFolder) {
  const TemporaryFolder folder;
  folder.write("peer.json", R"({"name": "peer", "summary": "s", "services": ["amqp"],
    "command": ["{threadmill}", "groupchat", "broker"], "ready": {"json_line": true}})");
  const auto subject = read_subjects("/opt/bin/threadmill-server", {folder.path()}).back();
  EXPECT_THAT(subject.command, ::testing::ElementsAre("/opt/bin/threadmill", "groupchat", "broker"));
  EXPECT_THAT(command_to_keep(subject, subject.command),
              ::testing::ElementsAre("threadmill", "groupchat", "broker"));
}

TEST(Subject, SaysHowLongItMayTake) {
  const TemporaryFolder folder;
  const auto with = [&](const std::string& ready, const std::string& more = "") {
    return read_subject(folder.write("peer.json", R"({"name": "peer", "summary": "s", "services": ["echo"],
      "command": ["sh"], "ready": )" + ready + more + "}"));
  };
  const auto usual = with(R"({"json_line": true})");
  EXPECT_EQ(usual.ready_within, kReadyLimit);
  EXPECT_EQ(usual.stop_within, kStopLimit);
  EXPECT_FALSE(usual.starts_slowly());
  const auto slow = with(R"({"within_s": 60, "connect": true})", R"(, "stop_within_s": 30)");
  EXPECT_EQ(slow.ready, ReadyBy::connect);
  EXPECT_EQ(slow.ready_within, std::chrono::seconds(60));
  EXPECT_EQ(slow.stop_within, std::chrono::seconds(30));
  EXPECT_TRUE(slow.starts_slowly());
  const auto error_of = [&](const std::string& ready, const std::string& more = "") {
    return thrown_by<InputError>([&] { with(ready, more); });
  };
  EXPECT_THAT(error_of(R"({"within_s": 60})"), HasSubstr("\"ready\" must be {\"json_line\": true} or"));
  EXPECT_THAT(error_of(R"({"json_line": true, "connect": true})"), HasSubstr("\"ready\" must be"));
  EXPECT_THAT(error_of(R"({"json_line": true, "within_s": 0})"), HasSubstr("\"ready.within_s\""));
  EXPECT_THAT(error_of(R"({"json_line": true})", R"(, "stop_within_s": 601)"),
              HasSubstr("\"stop_within_s\""));
}

TEST(Subject, SaysWhichSignalAsksItToEnd) {
  const TemporaryFolder folder;
  const auto with_stop = [&](const std::string& key) {
    return read_subject(folder.write("peer.json", R"({"name": "peer", "summary": "s", "services": ["echo"],
      "command": ["sh"], "ready": {"json_line": true})" +
                                                      key + "}"));
  };
  EXPECT_EQ(with_stop("").stop_signal, SIGTERM);
  EXPECT_EQ(with_stop(R"(, "stop": "SIGINT")").stop_signal, SIGINT);
  EXPECT_THAT(thrown_by<InputError>([&] { with_stop(R"(, "stop": "SIGKILL")"); }), HasSubstr("stop"));
}

TEST(Subject, AProgramThatItNeedsBesideItsOwnMayBeMissing) {
  Subject subject;
  subject.command = {"sh"};
  subject.needs = {"cat", "no-such-program-anywhere"};
  EXPECT_EQ(why_missing(subject), "no-such-program-anywhere is not installed, or not in PATH");
  subject.needs.pop_back();
  EXPECT_EQ(why_missing(subject), std::nullopt);
}

TEST(Subject, ThoseThatWeShipAreSound) {
  std::vector<std::string> names;
  for (const auto& subject : known_subjects("/bin/sh", THREADMILL_SOURCE_DIR)) {
    if (!subject.is_model) names.push_back(subject.name);
  }
  EXPECT_THAT(names,
              ::testing::IsSupersetOf({"nats-server", "node", "node-broker", "node-redis", "python-asyncio",
                                       "python-fork", "python-thread", "rabbitmq", "redis-server"}));
}

TEST(Subject, MissingProgramIsToldWithItsPackage) {
  Subject subject;
  subject.command = {"no-such-program-anywhere"};
  subject.package = "some-package";
  EXPECT_EQ(why_missing(subject), "no-such-program-anywhere is not installed: apt-get install some-package");
  subject.command = {"sh"};
  EXPECT_EQ(why_missing(subject), std::nullopt);
  subject.command = {"/no/such/threadmill-server"};
  subject.is_model = true;
  EXPECT_EQ(why_missing(subject), "/no/such/threadmill-server is not built: cmake --build " +
                                      program_folder().parent_path().string())
      << "the folder that this very program was built in";
}

}  // namespace
}  // namespace threadmill::harness
