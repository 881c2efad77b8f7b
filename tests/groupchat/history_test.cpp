#include "groupchat/history.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <stdexcept>

#include "tests/support/temporary_folder.h"
#include "tests/support/text_files.h"
#include "tests/support/thrown.h"

namespace threadmill::groupchat {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Message text(const std::string& content) { return text_to_user("ana", "bia", content); }

TEST(History, KnowsWhatItKeptAlsoWhenItIsOpenedAgain) {
  const TemporaryFolder folder;
  const auto message = text("one");
  {
    History history(folder.path() / "h");
    EXPECT_FALSE(history.has(message.id));
    history.keep(message);
    EXPECT_TRUE(history.has(message.id));
  }
  const History history(folder.path() / "h");
  EXPECT_TRUE(history.has(message.id));
  ASSERT_EQ(history.latest().size(), 1U);
  EXPECT_EQ(history.latest().front(), message);
}

TEST(History, ForgetsTheOldestIdsAndShowsTheLatestMessages) {
  const TemporaryFolder folder;
  const HistoryLimits limits{.ids = 3, .latest = 2};
  std::vector<Message> messages;
  {
    History history(folder.path() / "h", limits);
    for (const char* content : {"one", "two", "three", "four"}) {
      messages.push_back(text(content));
      history.keep(messages.back());
    }
    EXPECT_FALSE(history.has(messages[0].id));
    EXPECT_TRUE(history.has(messages[1].id));
  }
  const History history(folder.path() / "h", limits);
  EXPECT_FALSE(history.has(messages[0].id));
  EXPECT_TRUE(history.has(messages[1].id));
  EXPECT_EQ(history.latest(), (std::vector<Message>{messages[2], messages[3]}));
}

TEST(History, CutsOffALineThatACrashCutOff) {
  const TemporaryFolder folder;
  const auto one = text("one");
  const auto two = text("two");
  const auto file = folder.write("h", write_message(one) + "\n" + write_message(two).substr(0, 30));
  {
    History history(file);
    EXPECT_TRUE(history.has(one.id));
    EXPECT_FALSE(history.has(two.id));
    history.keep(two);
  }
  EXPECT_TRUE(History(file).has(two.id));
}

TEST(History, CutsOffAFirstLineWhereverItWasCutOff) {
  for (const auto& message : {text("one"), receipt_for(text("two"), "bia")}) {
    const auto line = write_message(message);
    for (std::size_t bytes = 1; bytes <= line.size(); ++bytes) {
      const TemporaryFolder folder;
      const auto file = folder.write("h", line.substr(0, bytes));
      History(file).keep(message);
      EXPECT_EQ(contents_of(file), line + "\n") << bytes;
    }
  }
}

TEST(History, LeavesAFileAloneThatIsNotItsOwn) {
  for (const char* content : {"roses are red", R"({"colour": "red"})", "roses\nare red", "{}\nred"}) {
    const TemporaryFolder folder;
    const auto file = folder.write("poem", content);
    EXPECT_THAT(thrown_by<std::runtime_error>([&] { const History wrong(file); }),
                AllOf(HasSubstr("poem: "), HasSubstr("give another file")));
    EXPECT_EQ(contents_of(file), content);
  }
}

TEST(History, IsOfOneProcessAndNoOtherFile) {
  const TemporaryFolder folder;
  const History history(folder.path() / "h");
  EXPECT_THAT(thrown_by<std::runtime_error>([&] { const History second(folder.path() / "h"); }),
              HasSubstr("another process keeps its history there"));
  const auto poem = folder.write("poem", "roses are red\n");
  EXPECT_THAT(thrown_by<std::runtime_error>([&] { const History wrong(poem); }),
              HasSubstr("poem: the line at byte 0"));
  EXPECT_EQ(contents_of(poem), "roses are red\n");
  EXPECT_THAT(thrown_by<std::runtime_error>([&] { const History nowhere(folder.path() / "no" / "h"); }),
              HasSubstr("no/h"));
}

/// Files cannot grow beyond that, as on a disk that is full.
class SmallFiles {
 public:
  explicit SmallFiles(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallFiles() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(History, ThatCannotGrowSaysSoAndStaysWhole) {
  const TemporaryFolder folder;
  const auto one = text("one");
  const auto two = text("two");
  {
    History history(folder.path() / "h");
    history.keep(one);
    const SmallFiles small(write_message(one).size() + 20);
    EXPECT_THAT(thrown_by<std::system_error>([&] { history.keep(two); }),
                HasSubstr("write " + folder.path().string()));
    EXPECT_FALSE(history.has(two.id));
  }
  EXPECT_EQ(contents_of(folder.path() / "h"), write_message(one) + "\n");
}

}  // namespace
}  // namespace threadmill::groupchat
