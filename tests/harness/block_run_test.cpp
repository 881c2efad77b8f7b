#include "harness/blocks/block_run.h"

#include <gtest/gtest.h>

namespace threadmill::harness {
namespace {

/// Three blocks of two subjects, of which `b` failed so often.
BlockRun three_blocks(int failures) {
  BlockRun run;
  run.blocks = kBlocksToGiveUp;
  for (int repeat = 0; repeat < 6; ++repeat) {
    for (const char* subject : {"a", "b"}) {
      const bool failed = subject[0] == 'b' && repeat < failures;
      run.file.trials.push_back(
          {{"scenario", "echo"}, {"subject", subject}, {"outcome", failed ? "failed" : "ok"}});
    }
  }
  return run;
}

TEST(BlockRun, IsGivenUpWhenHalfOfASubjectsTrialsFailed) {
  EXPECT_TRUE(is_hopeless(three_blocks(3)));
  EXPECT_FALSE(is_hopeless(three_blocks(2)));
}

TEST(BlockRun, OneFailureThatPassesEndsNothing) { EXPECT_FALSE(is_hopeless(three_blocks(1))); }

TEST(BlockRun, IsNotGivenUpBeforeThereIsSomethingToGoBy) {
  BlockRun run = three_blocks(6);
  run.blocks = kBlocksToGiveUp - 1;
  EXPECT_FALSE(is_hopeless(run));
}

}  // namespace
}  // namespace threadmill::harness
