#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/temporary_folder.h"
#include "tests/support/text_files.h"

namespace threadmill {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

/// A source tree, and the file that a build of it writes.
class WriteBuildCommit : public testing::Test {
 protected:
  void git(const std::string& words) {
    const std::string command =
        "git -c user.name=n -c user.email=e -C '" + tree() + "' " + words + " >/dev/null 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }

  void commit_a_file() {
    folder_.write("tree/file", "one");
    git("init");
    git("add file");
    git("commit -m first");
  }

  std::string written(const std::string& source) {
    const std::string command = std::string(THREADMILL_CMAKE) + " -DSOURCE_DIR='" + source + "' -DOUT='" +
                                out() + "' -P " THREADMILL_SOURCE_DIR "/provenance/write_build_commit.cmake";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return contents_of(out());
  }
  std::string written() { return written(tree()); }

  std::string tree() const { return (folder_.path() / "tree").string(); }
  std::string out() const { return (folder_.path() / "build_commit.cpp").string(); }

  TemporaryFolder folder_;
};

TEST_F(WriteBuildCommit, HoldsTheCommitAndWhetherTheTreeDiffersFromIt) {
  folder_.write("tree/untracked", "never asked for");
  commit_a_file();
  const std::string clean = written();
  EXPECT_THAT(clean, ContainsRegex("kBuildCommit = \"[0-9a-f]{40}\";"));
  EXPECT_THAT(clean, HasSubstr("kBuildDirty = false;"));
  folder_.write("tree/file", "two");
  EXPECT_THAT(written(), HasSubstr("kBuildDirty = true;"));
  git("commit -a -m second");
  EXPECT_NE(written(), clean);
}

TEST_F(WriteBuildCommit, LeavesTheFileAloneWhileNothingChanges) {
  commit_a_file();
  written();
  const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  std::filesystem::last_write_time(out(), long_ago);
  written();
  EXPECT_EQ(std::filesystem::last_write_time(out()), long_ago);
}

TEST_F(WriteBuildCommit, ATreeThatIsNoWorkTreeOfItsOwnHasNoCommit) {
  folder_.write("tree/unpacked/file", "one");
  EXPECT_THAT(written(), HasSubstr("kBuildCommit = nullptr;"));
  commit_a_file();
  EXPECT_THAT(written(tree() + "/unpacked"), HasSubstr("kBuildCommit = nullptr;"));
}

}  // namespace
}  // namespace threadmill
