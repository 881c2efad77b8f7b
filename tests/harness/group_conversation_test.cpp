#include "harness/groupchat/group_conversation.h"

#include <gmock/gmock.h>

namespace threadmill::harness {
namespace {

using groupchat::Message;
using groupchat::Outcome;
using groupchat::text_to_group;
using groupchat::text_to_user;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kBegan = 1;  // so that nothing was sent before

/// Ana's, in the group sala.
GroupConversation in_sala(std::int64_t began_at_us = kBegan) {
  GroupConversation ana("ana", "sala", began_at_us);
  ana.take_memberships();
  ana.on_entered("sala");
  ana.take_lines();
  return ana;
}

TEST(GroupConversation, EntersItsFirstGroup) {
  GroupConversation ana("ana", "sala", kBegan);
  const auto wishes = ana.take_memberships();
  ASSERT_EQ(wishes.size(), 1U);
  EXPECT_EQ(wishes[0].group, "sala");
  EXPECT_TRUE(wishes[0].member);
  ana.on_entered("sala");
  EXPECT_THAT(ana.take_lines(), HasSubstr("* you are in sala\n"));
}

TEST(GroupConversation, LinesGoToTheGroupThatOneIsIn) {
  auto ana = in_sala();
  ana.on_typed("bom dia");
  ana.on_typed("/join jogo");
  ana.on_entered("jogo");
  ana.on_typed("//quem joga?");
  ana.on_typed("/tell bia psst");
  const auto messages = ana.take_messages();
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(messages[0].group, "sala");
  EXPECT_EQ(messages[0].content, "bom dia");
  EXPECT_EQ(messages[0].sender, "ana");
  EXPECT_EQ(messages[1].group, "jogo");
  EXPECT_EQ(messages[1].content, "/quem joga?");
  EXPECT_EQ(messages[2].user, "bia");
  EXPECT_EQ(messages[2].group, "");
}

TEST(GroupConversation, AfterLeavingOneIsInNoGroup) {
  auto ana = in_sala();
  ana.on_typed("/leave");
  EXPECT_FALSE(ana.take_memberships().at(0).member);
  ana.on_left("sala");
  ana.take_lines();
  ana.on_typed("alguém?");
  EXPECT_THAT(ana.take_messages(), IsEmpty());
  EXPECT_THAT(ana.take_lines(), HasSubstr("enter one with /join GROUP"));
}

TEST(GroupConversation, ShowsWhereAMessageWasSaid) {
  auto ana = in_sala();
  ana.on_message(text_to_group("bia", "sala", "aqui"), false);
  ana.on_message(text_to_group("bia", "jogo", "ali"), false);
  ana.on_message(text_to_user("bia", "ana", "psst"), false);
  ana.on_message(text_to_group("ana", "sala", "a minha"), false);
  EXPECT_EQ(ana.take_lines(), "bia: aqui\n[jogo] bia: ali\n(to you) bia: psst\n");
}

TEST(GroupConversation, ShowsWhenSomethingWasSentThatWaited) {
  auto ana = in_sala(std::int64_t{4'000'000'000} * 1'000'000);
  auto message = text_to_group("bia", "sala", "ontem");
  message.sent_at_us = std::int64_t{1'732'276'800} * 1'000'000;
  ana.on_unread(1);
  ana.on_message(message, false);
  EXPECT_EQ(ana.take_lines(), "* 1 unread:\n2024-11-22 12:00 UTC bia: ontem\n");
}

TEST(GroupConversation, DoesNotShowAgainWhatComesAgain) {
  auto ana = in_sala();
  ana.on_message(text_to_group("bia", "sala", "duas vezes"), true);
  const auto lines = ana.take_lines();
  EXPECT_THAT(lines, HasSubstr("* came again"));
  EXPECT_THAT(lines, ::testing::Not(HasSubstr("duas vezes")));
}

TEST(GroupConversation, TellsWhoHasReadWhatOneSent) {
  auto ana = in_sala();
  ana.on_typed("bom dia");
  ana.on_typed("alguém?");
  const auto sent = ana.take_messages();
  ana.on_message(receipt_for(sent[0], "bia"), false);
  ana.on_message(receipt_for(sent[0], "bia"), false);  // after a crash of hers
  ana.on_message(receipt_for(sent[0], "caio"), false);
  EXPECT_EQ(ana.take_lines(), "* read by bia: bom dia\n* read by caio: bom dia\n");
  ana.on_typed("/read?");
  EXPECT_EQ(ana.take_lines(), "* read by bia, caio: bom dia\n* read by nobody yet: alguém?\n");
  ana.on_message(receipt_for(text_to_user("ana", "bia", "há dias"), "bia"), false);
  EXPECT_EQ(ana.take_lines(), "* bia has read something that you sent earlier\n");
}

TEST(GroupConversation, TellsWhatBecameOfWhatCouldNotBeDelivered) {
  auto ana = in_sala();
  ana.on_outcome({Outcome::Kind::taken, text_to_group("ana", "sala", "um")});
  ana.on_outcome({Outcome::Kind::nobody, text_to_user("ana", "ninguem", "dois")});
  ana.on_outcome({Outcome::Kind::nobody, text_to_group("ana", "vazio", "três")});
  ana.on_outcome({Outcome::Kind::refused, text_to_group("ana", "sala", "quatro")});
  EXPECT_EQ(ana.take_lines(),
            "! nobody is called ninguem: dois\n! vazio has no member: três\n"
            "! not kept, an inbox may be full; say it again later: quatro\n");
}

TEST(GroupConversation, SaysOnceThatTheBrokerIsAwayAndOnceThatItIsBack) {
  auto ana = in_sala();
  ana.on_trouble("", 0);
  ana.on_trouble("broker 127.0.0.1:5672: connect: refused", 2);
  ana.on_trouble("broker 127.0.0.1:5672: connect: refused", 3);
  ana.on_trouble("", 0);
  EXPECT_EQ(ana.take_lines(),
            "* broker 127.0.0.1:5672: connect: refused; trying again; 2 of what you sent waits\n"
            "* the broker is back\n");
}

TEST(GroupConversation, RefusesWhatItCannotSend) {
  auto ana = in_sala();
  for (const auto& line : {std::string("/join a.b"), std::string("/tell bia"), std::string("/dance"),
                           std::string(groupchat::kMostContentBytes + 1, 'x'), std::string("\xff")}) {
    ana.on_typed(line);
    EXPECT_THAT(ana.take_lines(), ::testing::StartsWith("! ")) << line;
  }
  EXPECT_THAT(ana.take_messages(), IsEmpty());
  EXPECT_THAT(ana.take_memberships(), IsEmpty());
}

TEST(GroupConversation, ShowsNothingThatATerminalWouldObey) {
  auto ana = in_sala();
  ana.on_message(text_to_group("bia", "sala", "\x1b[2J"), false);
  EXPECT_EQ(ana.take_lines(), "bia: \\x1b[2J\n");
}

TEST(GroupConversation, EndsWithQuitAndSair) {
  for (const char* word : {"/quit", "sair"}) {
    auto ana = in_sala();
    ana.on_typed(word);
    EXPECT_TRUE(ana.wants_to_leave()) << word;
  }
}

}  // namespace
}  // namespace threadmill::harness
