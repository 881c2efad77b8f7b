#include "harness/selftest/loopback_copy.h"

#include <gtest/gtest.h>

namespace threadmill::harness {
namespace {

TEST(LoopbackCopy, CountsWhatWasRead) {
  const auto rate = loopback_copy(plan_cpus(), 0.05);
  EXPECT_EQ(rate.at("piece_bytes"), 65536);
  EXPECT_GT(rate.at("bytes_per_s").get<double>(), 65536 / 0.05) << "more than a single piece";
}

TEST(LoopbackCopy, MeasuresOnCpusThatAreNotThere) {
  EXPECT_GT(
      loopback_copy({.server = {100'000}, .generator = {100'000}}, 0.05).at("bytes_per_s").get<double>(), 0);
}

}  // namespace
}  // namespace threadmill::harness
