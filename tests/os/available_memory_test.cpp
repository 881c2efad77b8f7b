#include "os/available_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace threadmill::os {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;

constexpr std::uint64_t kMiB = 1 << 20;

/// Files as a kernel shows them, in a folder of the test.
class AvailableMemoryTest : public ::testing::Test {
 protected:
  AvailableMemoryTest()
      : root_(fs::path(::testing::TempDir()) /
              ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::remove_all(root_);
    write("proc/meminfo", "MemTotal:  8192 kB\nMemAvailableToo: 1 kB\nMemAvailable:    4096 kB\n");
  }
  ~AvailableMemoryTest() override { fs::remove_all(root_); }

  void write(const std::string& name, const std::string& text) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }
  AvailableMemory read() { return read_available_memory(root_ / "proc", root_ / "cgroup"); }

  fs::path root_;
};

TEST_F(AvailableMemoryTest, IsWhatTheMachineHasWhereNoGroupLimitsIt) {
  write("proc/self/cgroup", "0::/user/me\n");
  write("cgroup/user/me/memory.max", "max\n");
  write("cgroup/user/me/memory.current", "123\n");
  EXPECT_EQ(read().bytes, 4 * kMiB);
  EXPECT_THAT(read().limited_by, EndsWith("proc/meminfo"));
}

TEST_F(AvailableMemoryTest, IsWhatTheGroupLeavesAndFilePagesCanBeGivenUp) {
  write("proc/self/cgroup", "0::/user/me\n");
  write("cgroup/user/me/memory.max", "3145728\n");
  write("cgroup/user/me/memory.current", "2097152\n");
  EXPECT_EQ(read().bytes, 1 * kMiB);
  EXPECT_THAT(read().limited_by, EndsWith("cgroup/user/me/memory.max"));
  write("cgroup/user/me/memory.stat", "anon 5\ninactive_file 1048576\nactive_file 7\n");
  EXPECT_EQ(read().bytes, 2 * kMiB);
}

TEST_F(AvailableMemoryTest, AGroupAroundOursLimitsUsToo) {
  write("proc/self/cgroup", "0::/user/me\n");
  write("cgroup/user/memory.max", "1048576\n");
  write("cgroup/user/memory.current", "9999999\n");
  EXPECT_EQ(read().bytes, 0U);
  EXPECT_THAT(read().limited_by, EndsWith("cgroup/user/memory.max"));
}

TEST_F(AvailableMemoryTest, AContainerSeesItsLimitAtTheTopAndThePathOfTheHost) {
  write("proc/self/cgroup", "0::/system.slice/container-1\n");
  write("cgroup/memory.max", "2097152\n");
  write("cgroup/memory.current", "0\n");
  EXPECT_EQ(read().bytes, 2 * kMiB);
}

TEST_F(AvailableMemoryTest, ReadsVersion1) {
  write("proc/self/cgroup", "7:blkio:/other\n4:memory:/me\n0::/\n");
  write("cgroup/memory/me/memory.limit_in_bytes", "2097152\n");
  write("cgroup/memory/me/memory.usage_in_bytes", "1048576\n");
  write("cgroup/memory/me/memory.stat", "inactive_file 5\ntotal_inactive_file 524288\n");
  EXPECT_EQ(read().bytes, 1 * kMiB + kMiB / 2);
}

TEST_F(AvailableMemoryTest, WithoutAnyOfTheseFilesThereIsNoLimit) {
  fs::remove_all(root_);
  EXPECT_EQ(read().bytes, UINT64_MAX);
}

}  // namespace
}  // namespace threadmill::os
