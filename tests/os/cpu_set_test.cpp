#include "os/cpu_set.h"

#include <gtest/gtest.h>

namespace threadmill::os {
namespace {

TEST(ThreadPin, HoldsForAsLongAsItLives) {
  const auto before = allowed_cpus();
  {
    const ThreadPin pin({before.back()});
    EXPECT_EQ(allowed_cpus(), CpuSet{before.back()});
  }
  EXPECT_EQ(allowed_cpus(), before);
}

TEST(ThreadPin, OfNoCpuChangesNothing) {
  const auto before = allowed_cpus();
  const ThreadPin pin({});
  EXPECT_EQ(allowed_cpus(), before);
}

}  // namespace
}  // namespace threadmill::os
