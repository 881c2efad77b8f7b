#include "groupchat/unconfirmed.h"

#include <gmock/gmock.h>

#include <stdexcept>

namespace threadmill::groupchat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Message numbered(const std::string& content) { return text_to_user("ana", "bia", content); }

/// "one taken", for each.
std::vector<std::string> words(const std::vector<Outcome>& outcomes) {
  std::vector<std::string> words;
  for (const auto& [kind, message] : outcomes) {
    const char* became = kind == Outcome::Kind::taken    ? " taken"
                         : kind == Outcome::Kind::nobody ? " nobody"
                                                         : " refused";
    words.push_back(message.content + became);
  }
  return words;
}

/// Publishes all that is due; what it says.
std::vector<std::string> publish(Unconfirmed& unconfirmed) {
  std::vector<std::string> published;
  while (const auto* next = unconfirmed.next_to_publish()) {
    published.push_back(next->content);
    unconfirmed.was_published();
  }
  return published;
}

Unconfirmed with_three() {
  Unconfirmed unconfirmed(3);
  for (const char* content : {"one", "two", "three"}) unconfirmed.add(numbered(content));
  return unconfirmed;
}

TEST(UnconfirmedMessages, WaitForTheirOwnConfirmation) {
  auto unconfirmed = with_three();
  EXPECT_THAT(publish(unconfirmed), ElementsAre("one", "two", "three"));
  EXPECT_THAT(words(unconfirmed.answered(2, false, true)), ElementsAre("two taken"));
  EXPECT_THAT(words(unconfirmed.answered(2, false, true)), IsEmpty());
  EXPECT_THAT(words(unconfirmed.answered(3, false, false)), ElementsAre("three refused"));
  EXPECT_EQ(unconfirmed.size(), 1U);
}

TEST(UnconfirmedMessages, AreConfirmedTogether) {
  auto unconfirmed = with_three();
  publish(unconfirmed);
  EXPECT_THAT(words(unconfirmed.answered(2, true, true)), ElementsAre("one taken", "two taken"));
  EXPECT_THAT(words(unconfirmed.answered(3, true, true)), ElementsAre("three taken"));
}

TEST(UnconfirmedMessages, ThatCameBackAreForNobody) {
  auto unconfirmed = with_three();
  const auto id = unconfirmed.next_to_publish()->id;
  publish(unconfirmed);
  unconfirmed.returned(id);
  EXPECT_THAT(words(unconfirmed.answered(2, true, true)), ElementsAre("one nobody", "two taken"));
}

TEST(UnconfirmedMessages, ArePublishedAgainInOrderOnTheNextConnectionUnderNewNumbers) {
  auto unconfirmed = with_three();
  publish(unconfirmed);
  unconfirmed.answered(1, false, true);
  unconfirmed.add(numbered("four"));  // given, not published
  EXPECT_EQ(unconfirmed.connection_lost(), 2U);
  EXPECT_THAT(words(unconfirmed.answered(3, true, true)),
              IsEmpty());  // of what was not published, nothing is confirmed
  EXPECT_THAT(publish(unconfirmed), ElementsAre("two", "three", "four"));
  EXPECT_THAT(words(unconfirmed.answered(1, false, true)), ElementsAre("two taken"));
}

TEST(UnconfirmedMessages, AreNoMoreThanTheWindow) {
  auto unconfirmed = with_three();
  EXPECT_TRUE(unconfirmed.full());
  EXPECT_THROW(unconfirmed.add(numbered("four")), std::length_error);
  publish(unconfirmed);
  unconfirmed.answered(1, false, true);
  EXPECT_FALSE(unconfirmed.full());
}

}  // namespace
}  // namespace threadmill::groupchat
