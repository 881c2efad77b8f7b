#include "loadgen/histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loadgen/base64.h"

namespace threadmill::load {
namespace {

TEST(Histogram, IsEmptyAtFirst) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.min(), 0);
  EXPECT_EQ(histogram.max(), 0);
  EXPECT_EQ(histogram.mean(), 0);
  EXPECT_EQ(histogram.value_at_percentile(99), 0);
}

TEST(Histogram, KeepsSmallValuesExactly) {
  Histogram histogram;
  for (int value = 1; value <= 1000; ++value) histogram.record(value);
  EXPECT_EQ(histogram.count(), 1000U);
  EXPECT_EQ(histogram.value_at_percentile(50), 500);
  EXPECT_EQ(histogram.value_at_percentile(99), 990);
  EXPECT_EQ(histogram.value_at_percentile(99.9), 999);
  EXPECT_EQ(histogram.value_at_percentile(100), 1000);
  EXPECT_EQ(histogram.value_at_percentile(0), 1);
  EXPECT_DOUBLE_EQ(histogram.mean(), 500.5);
}

TEST(Histogram, IsWithinATenthOfAPercentOfEveryValue) {
  for (std::int64_t value = 1; value <= Histogram::kHighest; value += value / 7 + 1) {
    Histogram histogram;
    histogram.record(value);
    histogram.record(Histogram::kHighest);
    const auto found = histogram.value_at_percentile(50);
    EXPECT_GE(found, value);
    EXPECT_LE(static_cast<double>(found - value), 0.001 * static_cast<double>(value)) << value;
  }
}

TEST(Histogram, ClampsToItsRange) {
  Histogram histogram;
  histogram.record(-5);
  histogram.record(Histogram::kHighest * 2);
  EXPECT_EQ(histogram.min(), 0);
  EXPECT_EQ(histogram.max(), Histogram::kHighest);
}

TEST(Histogram, MergesAsIfRecordedTogether) {
  Histogram first;
  Histogram second;
  Histogram both;
  for (int i = 0; i < 5000; ++i) {
    const std::int64_t value = std::int64_t{i} * i * 37 + 11;
    (i % 3 == 0 ? first : second).record(value);
    both.record(value);
  }
  first.merge(second);
  EXPECT_EQ(first, both);
}

TEST(Histogram, EncodingRoundTrips) {
  Histogram histogram;
  for (std::int64_t value = 1; value < Histogram::kHighest; value = value * 3 + 1) {
    for (int i = 0; i < 200; ++i) histogram.record(value);
  }
  const std::string text = histogram.encode();
  EXPECT_THAT(text, ::testing::StartsWith("HISTFAAAA"));
  Histogram decoded = Histogram::decode(text);
  EXPECT_EQ(decoded.count(), histogram.count());
  EXPECT_EQ(decoded.value_at_percentile(50), histogram.value_at_percentile(50));
  decoded.restore_range(histogram.min(), histogram.max());
  EXPECT_EQ(decoded, histogram);
}

TEST(Histogram, PackedCountsAddUp) {
  Histogram first;
  Histogram second;
  for (std::int64_t value = 1; value < Histogram::kHighest; value = value * 3 + 1) {
    first.record(value);
    second.record(value * 2);
    second.record(value);
  }
  Histogram unpacked;
  unpacked.merge_packed(first.pack());
  unpacked.merge_packed(second.pack());
  first.merge(second);
  unpacked.restore_range(first.min(), first.max());
  EXPECT_EQ(unpacked, first);
  EXPECT_EQ(Histogram().pack(), "");
}

TEST(Histogram, RefusesCountsOutsideItsRange) {
  Histogram highest;
  highest.record(Histogram::kHighest);
  std::string packed = highest.pack();
  Histogram histogram;
  histogram.merge_packed(packed);
  EXPECT_EQ(histogram.max(), Histogram::kHighest);
  packed.insert(packed.size() - 1, 1, '\0');  // an empty bucket more in front of the last
  EXPECT_THROW(histogram.merge_packed(packed), std::invalid_argument);
  const std::string half = "\xfe\xff\xff\xff\xff\xff\xff\xff\xff";  // 2^63 - 1, the most that there is
  histogram.reset();
  histogram.merge_packed(half);
  EXPECT_THROW(histogram.merge_packed(half + "\x02"), std::invalid_argument);
}

TEST(Histogram, ResetForgetsEverything) {
  Histogram histogram;
  for (std::int64_t value = 1; value < Histogram::kHighest; value = value * 3 + 1) histogram.record(value);
  histogram.record(Histogram::kHighest);
  histogram.reset();
  EXPECT_EQ(histogram, Histogram());
}

TEST(Histogram, AnEmptyOneRoundTrips) {
  Histogram decoded = Histogram::decode(Histogram().encode());
  decoded.restore_range(0, 0);
  EXPECT_EQ(decoded, Histogram());
}

TEST(Histogram, RefusesDamagedEncodings) {
  Histogram histogram;
  histogram.record(123456);
  const std::string text = histogram.encode();
  const std::string bytes = base64_decode(text);
  EXPECT_THROW(Histogram::decode(text.substr(0, text.size() - 4)), std::invalid_argument);
  EXPECT_THROW(Histogram::decode("!!!!"), std::invalid_argument);
  EXPECT_THROW(Histogram::decode(""), std::invalid_argument);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    EXPECT_THROW(Histogram::decode(base64_encode(damaged)), std::invalid_argument) << i;
  }
}

TEST(Histogram, RefusesARangeThatContradictsTheCounts) {
  Histogram histogram;
  histogram.record(100);
  EXPECT_THROW(histogram.restore_range(99, 100), std::invalid_argument);
  EXPECT_THROW(histogram.restore_range(100, 101), std::invalid_argument);
}

TEST(Base64, AgreesWithRfc4648) {
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("f"), "Zg==");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
  for (const std::string text : {"", "f", "fo", "foo", "\xff\xfe\0"}) {
    EXPECT_EQ(base64_decode(base64_encode(text)), text);
  }
  EXPECT_THROW(base64_decode("Zg="), std::invalid_argument);
  EXPECT_THROW(base64_decode("Zh=="), std::invalid_argument);  // only "Zg==" is "f"
  EXPECT_THROW(base64_decode("Zm9="), std::invalid_argument);
}

}  // namespace
}  // namespace threadmill::load
