#include "loadgen/payload_form.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace threadmill::load {
namespace {

constexpr Stamp kStamp{.publisher = 7, .topic = 3, .sequence = 1'000'000'007, .intended_ns = 5, .sent_ns = 0};

std::string stamped(PayloadForm& form, std::size_t bytes) {
  std::string payload(bytes, '\0');
  form.fill(payload, 1);
  form.stamp(payload, kStamp);
  form.set_sent_time(payload, 12'345'678'901'234);
  return payload;
}

TEST(PayloadForm, TextIsPrintableAndComesBack) {
  PayloadForm form(true);
  for (const std::size_t bytes :
       {std::size_t{PayloadForm::kLeastTextBytes}, std::size_t{64}, std::size_t{5000}}) {
    const std::string payload = stamped(form, bytes);
    const auto is_plain = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
             c == '/';
    };
    EXPECT_TRUE(std::all_of(payload.begin(), payload.end(), is_plain)) << payload;
    Stamp sent = kStamp;
    sent.sent_ns = 12'345'678'901'234;
    EXPECT_EQ(form.check(payload), sent);
    EXPECT_EQ(form.read(payload), sent);
  }
}

TEST(PayloadForm, EveryWrongLetterOfATextIsSeen) {
  PayloadForm form(true);
  const std::string payload = stamped(form, 64);
  for (std::size_t at = 0; at < payload.size(); ++at) {
    for (const char wrong : {'A', 'B', '/', ' ', '"', '\0'}) {
      std::string damaged = payload;
      if (damaged[at] == wrong) continue;
      damaged[at] = wrong;
      EXPECT_EQ(form.check(damaged), std::nullopt) << at;
    }
  }
  EXPECT_EQ(form.check(payload.substr(0, 63)), std::nullopt);
  EXPECT_EQ(form.read(payload.substr(0, 53)), std::nullopt);
}

TEST(PayloadForm, BytesAreAsThoseOfPayloads) {
  PayloadForm form(false);
  const std::string payload = stamped(form, 64);
  EXPECT_EQ(form.least_bytes(), kMinimumPayloadBytes);
  EXPECT_EQ(form.check(payload), check_payload(payload));
  EXPECT_NE(form.check(payload), std::nullopt);
  EXPECT_EQ(form.read(payload.substr(0, 39)), std::nullopt);
}

}  // namespace
}  // namespace threadmill::load
