#include "loadgen/payload.h"

#include <gtest/gtest.h>

#include <string>

#include "loadgen/echo_message.h"

namespace threadmill::load {
namespace {

const Stamp kStamp{.publisher = 3, .topic = 1, .sequence = 77, .intended_ns = 1000, .sent_ns = 1001};

TEST(Payload, BringsItsStampBack) {
  for (const std::size_t size : {std::size_t{kMinimumPayloadBytes}, std::size_t{64}, std::size_t{5000}}) {
    std::string payload(size, 'x');
    stamp_payload(payload, kStamp);
    EXPECT_EQ(check_payload(payload), kStamp) << size;
  }
}

TEST(Payload, NoticesAWrongBitAnywhere) {
  std::string payload(100, 'x');
  stamp_payload(payload, kStamp);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    std::string damaged = payload;
    damaged[i] = static_cast<char>(damaged[i] ^ 4);
    EXPECT_FALSE(check_payload(damaged)) << i;
  }
  EXPECT_FALSE(check_payload(std::string_view(payload).substr(0, 39)));
}

TEST(Payload, MayBeToldLastWhenItIsSent) {
  std::string payload(100, 'x');
  stamp_payload(payload, kStamp);
  Stamp sent = kStamp;
  for (const std::int64_t time : {INT64_MAX, std::int64_t{0}, std::int64_t{5}}) {
    sent.sent_ns = time;
    set_sent_time(payload, time);
    EXPECT_EQ(check_payload(payload), sent);
  }
  payload[8] = static_cast<char>(payload[8] ^ 1);  // of the time
  EXPECT_FALSE(check_payload(payload));
}

TEST(EchoMessages, DifferByConnectionAndSequence) {
  for (const std::size_t size : {8U, 64U, 10'000U}) {
    const EchoMessages messages(size, 10, 1);
    std::string message(size, '\0');
    messages.write(message.data(), 3, 5, 0, size);
    EXPECT_TRUE(messages.equals(message.data(), 3, 5));
    EXPECT_FALSE(messages.equals(message.data(), 4, 5));
    EXPECT_FALSE(messages.equals(message.data(), 3, 6));
  }
}

TEST(EchoMessages, AreTheSameInPieces) {
  for (const std::size_t size : {1U, 7U, 8U, 9U, 100U}) {
    const EchoMessages messages(size, 10, 1);
    std::string whole(size, '\0');
    messages.write(whole.data(), 3, 5, 0, size);
    for (std::size_t cut = 0; cut <= size; ++cut) {
      std::string pieces(size, '\0');
      messages.write(pieces.data(), 3, 5, 0, cut);
      messages.write(pieces.data() + cut, 3, 5, cut, size - cut);
      EXPECT_EQ(pieces, whole) << size << " cut at " << cut;
    }
  }
}

}  // namespace
}  // namespace threadmill::load
