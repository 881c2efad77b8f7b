#include "groupchat/message.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/thrown.h"

namespace threadmill::groupchat {
namespace {

using ::testing::HasSubstr;

TEST(GroupMessage, IsReadAsItWasWritten) {
  const auto to_group = text_to_group("ana", "sala", "olá, \"mundo\"\n");
  EXPECT_EQ(read_message(write_message(to_group)), to_group);
  const auto to_user = text_to_user("ana", "bia", std::string(kMostContentBytes, '\x01'));  // six bytes each
  EXPECT_EQ(read_message(write_message(to_user)), to_user);
  const auto receipt = receipt_for(to_group, "bia");
  EXPECT_EQ(read_message(write_message(receipt)), receipt);
}

TEST(GroupMessage, HasAnIdOfItsOwnAndATime) {
  const auto one = text_to_group("ana", "sala", "olá");
  const auto other = text_to_group("ana", "sala", "olá");
  EXPECT_NE(one.id, other.id);
  EXPECT_GT(one.sent_at_us, std::int64_t{1'700'000'000} * 1'000'000);
}

TEST(GroupMessage, AReceiptIsForTheSenderOfWhatWasRead) {
  const auto text = text_to_group("ana", "sala", "olá");
  const auto receipt = receipt_for(text, "bia");
  EXPECT_EQ(receipt.kind, Kind::receipt);
  EXPECT_EQ(receipt.sender, "bia");
  EXPECT_EQ(receipt.user, "ana");
  EXPECT_EQ(receipt.read_id, text.id);
}

/// A good message with one key changed; null removes it.
std::string changed(const std::string& key, const nlohmann::json& value) {
  auto json = nlohmann::json::parse(write_message(text_to_group("ana", "sala", "olá")));
  if (value.is_null()) {
    json.erase(key);
  } else {
    json[key] = value;
  }
  return json.dump();
}

std::string refusal_of(const std::string& bytes) {
  return thrown_by<BadMessage>([&] { read_message(bytes); });
}

TEST(GroupMessage, ThatIsNoneIsRefusedWithTheReason) {
  EXPECT_THAT(refusal_of(""), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal_of(std::string(kMostMessageBytes + 1, ' ')), HasSubstr("are the most"));
  EXPECT_THAT(refusal_of(std::string(1000, '[')), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal_of(changed("id", "1")), HasSubstr("id must be 32 hexadecimal digits"));
  EXPECT_THAT(refusal_of(changed("id", nullptr)), HasSubstr("id"));
  EXPECT_THAT(refusal_of(changed("kind", "song")), HasSubstr("kind"));
  EXPECT_THAT(refusal_of(changed("sender", "ana maria")), HasSubstr("sender is no name"));
  EXPECT_THAT(refusal_of(changed("user", "bia")), HasSubstr("one of group and user"));
  EXPECT_THAT(refusal_of(changed("group", nullptr)), HasSubstr("one of group and user"));
  EXPECT_THAT(refusal_of(changed("sent_at_us", -1)), HasSubstr("sent_at_us"));
  EXPECT_THAT(refusal_of(changed("content", "")), HasSubstr("content"));
  EXPECT_THAT(refusal_of(changed("content", std::string(kMostContentBytes + 1, 'x'))),
              HasSubstr("4096 bytes"));
  EXPECT_THAT(refusal_of(changed("read_id", "1")), HasSubstr("of two kinds"));
  EXPECT_THAT(refusal_of(changed("colour", "red")), HasSubstr("colour"));
}

TEST(GroupMessage, ThatNobodyWouldReadIsNotWritten) {
  EXPECT_THAT(thrown_by<BadMessage>([] { write_message(text_to_user("ana", "bia", "\xff")); }),
              HasSubstr("UTF-8"));
  EXPECT_THAT(thrown_by<BadMessage>([] { write_message(text_to_user("ana", "b.a", "x")); }),
              HasSubstr("no name"));
}

TEST(GroupNames, AreShortAndPlain) {
  for (const char* good : {"ana", "Ana-2_b", "x"}) EXPECT_TRUE(is_name(good)) << good;
  for (const char* bad : {"", "ana maria", "a.b", "a*", "joão"}) EXPECT_FALSE(is_name(bad)) << bad;
  EXPECT_TRUE(is_name(std::string(kMostNameBytes, 'a')));
  EXPECT_FALSE(is_name(std::string(kMostNameBytes + 1, 'a')));
}

}  // namespace
}  // namespace threadmill::groupchat
