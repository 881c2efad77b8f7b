#include "loadgen/send_batch.h"

#include <gtest/gtest.h>

#include <cstring>

namespace threadmill::load {
namespace {

TEST(SendBatch, HoldsWhatFits) {
  SendBatch batch;
  batch.reserve(10);
  ASSERT_NE(batch.add(6), nullptr);
  EXPECT_EQ(batch.add(5), nullptr);
  ASSERT_NE(batch.add(4), nullptr);
  EXPECT_EQ(batch.messages(), 2U);
  batch.clear();
  EXPECT_EQ(batch.bytes().size(), 0U);
  EXPECT_NE(batch.add(10), nullptr);
}

// The socket took 0, 1, .. all bytes of messages of 3, 4 and 2 bytes.
TEST(SendBatch, AMessageIsBegunWithItsFirstByte) {
  SendBatch batch;
  batch.reserve(9);
  for (const char* message : {"abc", "ABCD", "xy"}) {
    std::memcpy(batch.add(std::strlen(message)), message, std::strlen(message));
  }
  const std::size_t begun[] = {0, 1, 1, 1, 2, 2, 2, 2, 3, 3};
  const char* rest[] = {"", "bc", "c", "", "BCD", "CD", "D", "", "y", ""};
  for (std::size_t taken = 0; taken <= 9; ++taken) {
    EXPECT_EQ(batch.begun(taken), begun[taken]) << taken;
    EXPECT_EQ(batch.rest(taken), rest[taken]) << taken;
  }
}

}  // namespace
}  // namespace threadmill::load
