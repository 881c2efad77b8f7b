// A result file that a newer version wrote is refused by name, with the remedy, before anything is measured.

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/support/command.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/text_files.h"

namespace threadmill {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class NewerFile : public ::testing::Test {
 protected:
  NewerFile() {
    std::string changed = contents_of(known_);
    const std::string version = "\"schema_version\":1,\"created\"";
    const auto at = changed.find(version);
    EXPECT_NE(at, std::string::npos);
    changed.replace(at, version.size(), "\"schema_version\":2,\"created\"");
    newer_ = folder_.write("newer.jsonl", changed).string();
  }

  void expect_refused(const std::vector<std::string>& arguments) const {
    const auto finished = threadmill_cli(arguments);
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
    EXPECT_THAT(finished.err,
                AllOf(HasSubstr(newer_), HasSubstr("schema_version 2, this program reads up to 1"),
                      HasSubstr("use a newer threadmill")));
  }

  const std::string known_ = THREADMILL_SOURCE_DIR "/tests/plots/data/small.jsonl";
  const TemporaryFolder folder_;
  std::string newer_;
};

TEST_F(NewerFile, IsRefusedByReport) {
  expect_refused({"report", newer_});
  expect_refused({"report", known_, newer_, "--out", (folder_.path() / "out").string()});
}

TEST_F(NewerFile, IsRefusedByCompareOnEitherSide) {
  expect_refused({"compare", known_, newer_});
  expect_refused({"compare", newer_, known_});
}

TEST_F(NewerFile, IsRefusedByGateOnEitherSide) {
  expect_refused({"gate", "--baseline", newer_, "--candidate", known_});
  expect_refused({"gate", "--baseline", known_, "--candidate", newer_, "--models", "epoll", "--scenario",
                  "light-100x10"});
  expect_refused({"gate", "--baseline", newer_});
}

}  // namespace
}  // namespace threadmill
