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

TEST(BlockRun, IsJudgedEverMoreRarely) {
  std::size_t asked_after = 0, times = 0;
  for (std::size_t blocks = 1; blocks <= 1000; ++blocks) {
    if (!is_worth_asking(blocks, asked_after)) {
      EXPECT_GT(blocks, 10U) << "each of the first";
      EXPECT_LT(static_cast<double>(blocks), 1.1 * static_cast<double>(asked_after));
      continue;
    }
    asked_after = blocks;
    ++times;
  }
  EXPECT_LT(times, 60U);
}

}  // namespace
}  // namespace threadmill::harness
