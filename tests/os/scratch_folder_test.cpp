#include "os/scratch_folder.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/support/temporary_folder.h"

namespace threadmill::os {
namespace {

namespace fs = std::filesystem;

/// With a folder for temporary files that is the test's own.
class ScratchFolderTest : public ::testing::Test {
 protected:
  void SetUp() override { ::setenv("TMPDIR", folder_.path().c_str(), 1); }
  void TearDown() override { ::unsetenv("TMPDIR"); }

  std::ptrdiff_t how_many() const {
    return std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator());
  }

  TemporaryFolder folder_;
};

TEST_F(ScratchFolderTest, GoesWithWhatIsInIt) {
  {
    const ScratchFolder scratch;
    std::ofstream(scratch.path() / "file") << "text";
    EXPECT_EQ(how_many(), 1);
    EXPECT_EQ(fs::status(scratch.path()).permissions(), fs::perms::owner_all);
  }
  EXPECT_EQ(how_many(), 0);
}

TEST_F(ScratchFolderTest, OneOfAProcessThatWasKilledIsFoundAndRemovedAndNoOther) {
  const ScratchFolder mine;
  const auto foreign = folder_.write("threadmill-scratchy/file", "text");
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t owner = ::fork();
  if (owner == 0) {
    const ScratchFolder its;
    std::ofstream(its.path() / "file") << "text";
    [[maybe_unused]] const auto told = ::write(ends[1], "", 1);
    while (true) ::pause();
  }
  char ready = 0;
  ASSERT_EQ(::read(ends[0], &ready, 1), 1);
  remove_abandoned_scratch_folders();
  EXPECT_EQ(how_many(), 3) << "its process lives";
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  EXPECT_EQ(how_many(), 3);
  remove_abandoned_scratch_folders();
  EXPECT_EQ(how_many(), 2);
  EXPECT_TRUE(fs::exists(mine.path()));
  EXPECT_TRUE(fs::exists(foreign));
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace threadmill::os
