// What the durable chat promises, with a broker of its own that is killed.

#include <gmock/gmock.h>
#include <sys/socket.h>

#include <algorithm>
#include <set>
#include <thread>

#include "groupchat/amqp/mailbox.h"
#include "groupchat/amqp/post.h"
#include "groupchat/amqp/reader.h"
#include "os/address.h"
#include "os/descriptor.h"
#include "tests/groupchat/broker_fixture.h"
#include "tests/groupchat/dead_letters.h"
#include "tests/groupchat/kill_rounds.h"
#include "tests/support/thrown.h"

namespace threadmill::groupchat {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr milliseconds kLong{10'000};
constexpr milliseconds kQuiet{300};  // that nothing comes can only be seen by waiting

const std::vector<Kind> kTexts = {Kind::text};

/// What becomes of a message that this sends.
Outcome::Kind outcome_of(Post& post, const Message& message) {
  post.send(message);
  for (int i = 0; i < 100; ++i) {
    const auto outcomes = post.turn(milliseconds(200));
    if (!outcomes.empty()) return outcomes.front().kind;
  }
  throw std::runtime_error("no answer of the broker: " + post.trouble());
}

void expect_taken(Post& post, const Message& message) {
  EXPECT_EQ(outcome_of(post, message), Outcome::Kind::taken);
}

/// The next delivery, which has to come.
Delivery next(Mailbox& mailbox) {
  for (int i = 0; i < 50; ++i) {
    if (auto delivery = mailbox.take(milliseconds(200))) return *delivery;
  }
  throw std::runtime_error("nothing was delivered: " + mailbox.trouble());
}

std::string text_in(const Delivery& delivery) { return read_message(delivery.body).content; }

class DurableChat : public WithBroker {};

TEST_F(DurableChat, KeepsWhatIsForSomebodyAwayOverAKillOfTheBroker) {
  {
    Mailbox bia(address(), "away-bia", kTexts);
    bia.join("away-group");
  }
  Post ana(address());
  expect_taken(ana, text_to_user("ana", "away-bia", "to you"));
  expect_taken(ana, text_to_group("ana", "away-group", "to all"));
  broker().wait_until_on_disk(inbox_of("away-bia", Kind::text));
  broker().kill();
  broker().start();
  Mailbox bia(address(), "away-bia", kTexts);
  EXPECT_EQ(text_in(next(bia)), "to you");
  EXPECT_EQ(text_in(next(bia)), "to all");
}

TEST_F(DurableChat, SendsAgainWhatWasNotConfirmedWhenTheBrokerWasKilled) {
  Mailbox bia(address(), "resent-bia", kTexts);
  Post ana(address());
  expect_taken(ana, text_to_user("ana", "resent-bia", "before"));
  bia.acknowledge(next(bia));
  broker().wait_until_on_disk(inbox_of("resent-bia", Kind::text));
  broker().kill();
  ana.send(text_to_user("ana", "resent-bia", "while it is away"));
  EXPECT_TRUE(ana.turn(milliseconds(10)).empty());
  EXPECT_THAT(ana.trouble(), HasSubstr(address().to_string()));
  broker().start();
  EXPECT_TRUE(eventually([&] { return !ana.turn(milliseconds(20)).empty(); }));
  EXPECT_EQ(ana.unconfirmed(), 0U);
  EXPECT_EQ(text_in(next(bia)), "while it is away");  // over a connection that it made anew itself
}

TEST_F(DurableChat, DeliversAgainWhatWasNotAcknowledgedAndOnlyThat) {
  Post ana(address());
  {
    Mailbox bia(address(), "again-bia", kTexts);
    for (const char* text : {"one", "two"}) expect_taken(ana, text_to_user("ana", "again-bia", text));
    bia.acknowledge(next(bia));
    const auto unacknowledged = next(bia);
    EXPECT_FALSE(unacknowledged.redelivered);
  }
  Mailbox bia(address(), "again-bia", kTexts);
  const auto again = next(bia);
  EXPECT_EQ(text_in(again), "two");
  EXPECT_TRUE(again.redelivered);
  EXPECT_EQ(again.deliveries_before, 1);
}

TEST_F(DurableChat, SeveralReadersShareAnInbox) {
  const MailboxLimits one_at_a_time{.prefetch = 1};
  Mailbox phone(address(), "shared-bia", kTexts, one_at_a_time);
  Mailbox laptop(address(), "shared-bia", kTexts, one_at_a_time);
  Post ana(address());
  std::multiset<std::string> sent;
  for (int i = 0; i < 20; ++i) {
    sent.insert(std::to_string(i));
    expect_taken(ana, text_to_user("ana", "shared-bia", std::to_string(i)));
  }
  std::multiset<std::string> read;
  int by_phone = 0;
  while (read.size() < sent.size()) {
    for (Mailbox* mailbox : {&phone, &laptop}) {
      const auto delivery = mailbox->take(milliseconds(100));
      if (!delivery) continue;
      read.insert(text_in(*delivery));
      by_phone += mailbox == &phone;
      mailbox->acknowledge(*delivery);
    }
  }
  EXPECT_EQ(read, sent);
  EXPECT_GT(by_phone, 0);
  EXPECT_LT(by_phone, 20);
}

TEST_F(DurableChat, KindsOfMessagesHaveQueuesOfTheirOwn) {
  Mailbox receipts(address(), "kinds-ana", {Kind::receipt});
  Mailbox texts(address(), "kinds-ana", kTexts);
  Post bia(address());
  const auto text = text_to_user("bia", "kinds-ana", "hello");
  expect_taken(bia, text);
  expect_taken(bia, receipt_for(text_to_user("kinds-ana", "bia", "hello"), "bia"));
  EXPECT_EQ(read_message(next(receipts).body).kind, Kind::receipt);
  EXPECT_EQ(read_message(next(texts).body).kind, Kind::text);
  EXPECT_FALSE(receipts.take(kQuiet));
}

TEST_F(DurableChat, WhoLeavesAGroupHearsNoMoreOfIt) {
  Mailbox bia(address(), "left-bia", kTexts);
  Post ana(address());
  bia.join("left-group");
  expect_taken(ana, text_to_group("ana", "left-group", "hello"));
  EXPECT_EQ(text_in(next(bia)), "hello");
  bia.leave("left-group");
  EXPECT_EQ(outcome_of(ana, text_to_group("ana", "left-group", "anybody?")), Outcome::Kind::nobody);
  EXPECT_EQ(outcome_of(ana, text_to_user("ana", "unheard-of", "hello?")), Outcome::Kind::nobody);
}

TEST_F(DurableChat, AMessageThatIsAlwaysGivenBackBecomesADeadLetter) {
  const QueueLimits limits{.redeliveries = 3};
  Mailbox bia(address(), "poisoned-bia", kTexts, {}, limits);
  Post ana(address());
  const auto dead_before = count_dead_letters(address());
  expect_taken(ana, text_to_user("ana", "poisoned-bia", "poison"));
  expect_taken(ana, text_to_user("ana", "poisoned-bia", "good"));
  int poisoned = 0;
  bool good = false;
  while (const auto delivery = bia.take(poisoned > 3 ? kQuiet : kLong)) {
    if (text_in(*delivery) == "poison") {
      ++poisoned;
      bia.give_back(*delivery);
    } else {
      good = true;
      bia.acknowledge(*delivery);
    }
  }
  EXPECT_EQ(poisoned, 1 + 3);
  EXPECT_TRUE(good);
  EXPECT_TRUE(eventually([&] { return count_dead_letters(address()) == dead_before + 1; }));
}

TEST_F(DurableChat, AMessageThatCrashesItsReadersBecomesADeadLetter) {
  const QueueLimits limits{.redeliveries = 3};
  Post ana(address());
  { Mailbox inbox(address(), "crashing-bia", kTexts, {}, limits); }
  const auto dead_before = count_dead_letters(address());
  expect_taken(ana, text_to_user("ana", "crashing-bia", "poison"));
  for (int i = 0; i < 1 + 3; ++i) {
    Mailbox bia(address(), "crashing-bia", kTexts, {}, limits);
    EXPECT_EQ(next(bia).deliveries_before, i);
  }
  Mailbox bia(address(), "crashing-bia", kTexts, {}, limits);
  EXPECT_FALSE(bia.take(kQuiet));
  EXPECT_TRUE(eventually([&] { return count_dead_letters(address()) == dead_before + 1; }));
}

TEST_F(DurableChat, WhatIsNoMessageBecomesADeadLetterAtOnce) {
  Mailbox mailbox(address(), "strict-bia", kTexts);
  Post post(address());
  History history;
  Reader bia("strict-bia", mailbox, post, history);
  const auto dead_before = count_dead_letters(address());
  publish_raw(address(), "strict-bia", "{\"id\": \"x\"}");
  expect_taken(post, text_to_user("ana", "strict-bia", "good"));
  std::optional<Reading> reading;
  EXPECT_TRUE(eventually([&] { return (reading = bia.take(milliseconds(100))).has_value(); }));
  EXPECT_EQ(reading->message.content, "good");
  EXPECT_EQ(bia.refused(), 1U);
  EXPECT_TRUE(eventually([&] { return count_dead_letters(address()) == dead_before + 1; }));
}

TEST_F(DurableChat, AnInboxThatIsFullRefuses) {
  const QueueLimits limits{.inbox_messages = 2};
  { Mailbox inbox(address(), "full-bia", kTexts, {}, limits); }
  Post ana(address());
  int refused = 0;
  // RabbitMQ may take a few more than it was told.
  for (int i = 0; i < 20; ++i) {
    refused += outcome_of(ana, text_to_user("ana", "full-bia", "hello")) == Outcome::Kind::refused;
  }
  EXPECT_GT(refused, 0);
}

TEST_F(DurableChat, SaysWhyABrokerIsOfNoUse) {
  auto nowhere = address();
  nowhere.port = 1;
  EXPECT_THAT(thrown_by<BrokerError>([&] { const Post post(nowhere); }),
              HasSubstr("broker 127.0.0.1:1: connect: "));
  auto stranger = address();
  stranger.password = "wrong";
  EXPECT_THAT(thrown_by<BrokerError>([&] { const Post post(stranger); }), HasSubstr("log in as guest: "));
  const QueueLimits other{.redeliveries = 9};
  { Mailbox inbox(address(), "other-bia", kTexts); }
  EXPECT_THAT(thrown_by<BrokerError>([&] { Mailbox inbox(address(), "other-bia", kTexts, {}, other); }),
              HasSubstr("declare queue threadmill.chat.other-bia.text: "));
}

// This one takes its time to say that it speaks another version: what it says is heard.
TEST(BusyBroker, HasTimeToAnswerWhoLogsIn) {
  const os::Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const os::SocketAddress any("127.0.0.1", 0);
  ASSERT_EQ(::bind(listener.get(), any.get(), any.size()), 0);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  std::thread busy([&] {
    const os::Descriptor client(::accept(listener.get(), nullptr, nullptr));
    std::this_thread::sleep_for(milliseconds(2'500));
    ::send(client.get(), "AMQP\0\0\x08\0", 8, MSG_NOSIGNAL);
    char byte = 0;
    while (::recv(client.get(), &byte, 1, 0) > 0) {
    }
  });
  BrokerAddress address;
  address.host = "127.0.0.1";
  address.port = os::SocketAddress::of_socket(listener.get()).port();
  EXPECT_THAT(thrown_by<BrokerError>([&] { const Post post(address); }),
              AllOf(HasSubstr("log in as guest: "), Not(HasSubstr("timed out"))));
  busy.join();
}

TEST_F(DurableChat, NothingConfirmedIsLostAndNothingReadTwiceOverKillsOfBrokerAndReader) {
  KillPlan plan;
  plan.rounds = {Victim::reader, Victim::broker};
  plan.longest = milliseconds(700);
  plan.confirmed_before_kill = 60;
  const auto report = kill_under_load(broker(), plan, [](const KillRound&) {});
  EXPECT_GT(report.confirmed, 100U);
  EXPECT_EQ(report.missing, 0U);
  EXPECT_EQ(report.read_twice, 0U);
  EXPECT_EQ(report.foreign, 0U);
  EXPECT_EQ(report.not_taken, 0U);
}

}  // namespace
}  // namespace threadmill::groupchat
