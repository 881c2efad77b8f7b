#include "servers/core/outbox.h"

#include <gtest/gtest.h>

#include <array>
#include <span>

#include "tests/servers/members.h"

namespace threadmill::servers {
namespace {

TEST(Outbox, KeepsRepliesAndPublicationsInOrder) {
  Outbox outbox(1000);
  outbox.append("one ");
  EXPECT_TRUE(outbox.push(share({"two "})));
  outbox.append("three ");
  outbox.append("four");
  EXPECT_EQ(outbox.size_bytes(), 18U);
  EXPECT_EQ(drain(outbox), "one two three four");
  EXPECT_TRUE(outbox.empty());
}

TEST(Outbox, AnyPartialWriteLeavesTheRest) {
  const std::string whole = "abcdefghijkl";
  for (std::size_t written = 1; written < whole.size(); ++written) {
    Outbox outbox(1000);
    outbox.append("abc");
    outbox.push(share({"defg"}));
    outbox.push(share({"hij"}));
    outbox.append("kl");
    outbox.consume(written);
    EXPECT_EQ(drain(outbox), whole.substr(written)) << written;
  }
}

TEST(Outbox, IsUsableAgainAfterItWasDrained) {
  Outbox outbox(1000);
  for (int round = 0; round < 3; ++round) {
    outbox.append("reply");
    EXPECT_EQ(drain(outbox), "reply");
    EXPECT_TRUE(outbox.push(share({"push"})));
    EXPECT_EQ(drain(outbox), "push");
  }
}

TEST(Outbox, SharesAPublicationInsteadOfCopyingIt) {
  const auto bytes = share({"shared"});
  Outbox a(1000);
  Outbox b(1000);
  a.push(bytes);
  b.push(bytes);
  EXPECT_EQ(bytes.use_count(), 3);
  iovec slot[1];
  ASSERT_EQ(a.gather(slot), 1U);
  EXPECT_EQ(slot[0].iov_base, bytes->bytes.data());
  a.consume(bytes->bytes.size());
  EXPECT_EQ(bytes.use_count(), 2);
}

TEST(Outbox, RefusesAPublicationPastItsLimitAndSaysSoOfAReply) {
  Outbox outbox(10);
  EXPECT_TRUE(outbox.push(share({"12345678"})));
  EXPECT_FALSE(outbox.push(share({"901"})));
  EXPECT_FALSE(outbox.overflowed());
  outbox.append("901");
  EXPECT_TRUE(outbox.overflowed());
  EXPECT_EQ(drain(outbox), "12345678");
}

TEST(Outbox, TakesTheRestOfWhatIsPartlyWritten) {
  Outbox outbox(1000);
  outbox.append("reply");
  drain(outbox);
  outbox.push_rest(share({"0123456789"}), 4);
  outbox.append(" reply");
  EXPECT_EQ(outbox.size_bytes(), 12U);
  EXPECT_EQ(drain(outbox), "456789 reply");
}

/// What the slots of a write under way point at, as its system call would find it.
std::string behind(std::span<const iovec> slots) {
  std::string bytes;
  for (const auto& slot : slots) bytes.append(static_cast<const char*>(slot.iov_base), slot.iov_len);
  return bytes;
}

TEST(Outbox, PinnedBytesStayWhereTheyAreWhateverIsAdded) {
  Outbox outbox(1 << 20);
  outbox.append("short");
  outbox.push(share({"publication"}));
  outbox.append("last");
  std::array<iovec, 8> slots;
  const auto pinned = std::span(slots).first(outbox.pin(slots));
  ASSERT_EQ(pinned.size(), 3U);
  std::string added;
  for (int i = 0; i < 1000; ++i) {
    outbox.append(std::string(100, 'r'));
    outbox.push(share({"p"}));
    added += std::string(100, 'r') + "p";
  }
  EXPECT_EQ(behind(pinned), "shortpublicationlast");
  outbox.consume(7);
  EXPECT_EQ(drain(outbox), "blicationlast" + added);
}

TEST(Outbox, WhatWasPinnedInVainIsAddedToAgain) {
  Outbox outbox(1000);
  outbox.append("one ");
  std::array<iovec, 8> slots;
  outbox.pin(slots);
  outbox.append("two ");
  outbox.consume(0);
  outbox.append("three");
  EXPECT_EQ(outbox.pin(slots), 2U);
  EXPECT_EQ(drain(outbox), "one two three");
}

TEST(Outbox, StaysInOrderWhenItIsNeverQuiteEmpty) {
  Outbox outbox(1 << 20);
  std::string expected;
  std::string seen;
  outbox.append("start ");
  expected += "start ";
  for (int i = 0; i < 1000; ++i) {
    const std::string text = "message " + std::to_string(i) + " ";
    outbox.push(share({text}));
    expected += text;
    iovec slot[1];
    ASSERT_EQ(outbox.gather(slot), 1U);
    const std::size_t part = std::min<std::size_t>(slot[0].iov_len, 5);
    seen.append(static_cast<const char*>(slot[0].iov_base), part);
    outbox.consume(part);
  }
  seen += drain(outbox);
  EXPECT_EQ(seen, expected);
}

TEST(Outbox, ManySmallPublicationsCannotHoldMoreMemoryThanTheLimit) {
  Outbox outbox(100'000);
  int taken = 0;
  while (outbox.push(share({"x"}))) ++taken;
  EXPECT_LT(taken, 1000) << "each costs a chunk, which is far more than its byte";
  EXPECT_EQ(drain(outbox).size(), static_cast<std::size_t>(taken));
}

}  // namespace
}  // namespace threadmill::servers
