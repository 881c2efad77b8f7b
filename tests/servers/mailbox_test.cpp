#include "servers/net/mailbox.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace threadmill::servers {
namespace {

using Posted = Mailbox::Posted;

bool is_readable(const Mailbox& mailbox) {
  pollfd ready{mailbox.fd(), POLLIN, 0};
  return ::poll(&ready, 1, 0) == 1;
}

class MailboxTest : public testing::Test {
 protected:
  std::string take_all() {
    Mail mail;
    mailbox.take(mail);
    std::string text;
    for (const auto& letter : mail.letters) text += letter.topic + "=" + letter.publication->bytes + " ";
    return text;
  }

  Mailbox mailbox{1000};
  Mailbox sender{1000};
};

TEST_F(MailboxTest, KeepsTheOrderAndIsOneWakeUpUntilItIsLookedAt) {
  EXPECT_FALSE(is_readable(mailbox));
  for (const char* text : {"1", "2", "3"}) EXPECT_EQ(mailbox.post("t", share({text}), sender), Posted::taken);
  EXPECT_TRUE(is_readable(mailbox));
  mailbox.acknowledge();
  EXPECT_FALSE(is_readable(mailbox)) << "three letters woke it once";
  EXPECT_EQ(take_all(), "t=1 t=2 t=3 ");
  EXPECT_EQ(take_all(), "");
  mailbox.post("t", share({"4"}), sender);
  EXPECT_TRUE(is_readable(mailbox));
}

TEST_F(MailboxTest, MailTakenBeforeTheWakeUpIsAcknowledgedLosesNone) {
  mailbox.post("t", share({"1"}), sender);
  EXPECT_EQ(take_all(), "t=1 ");
  mailbox.post("t", share({"2"}), sender);
  EXPECT_TRUE(is_readable(mailbox));
  mailbox.acknowledge();
  EXPECT_EQ(take_all(), "t=2 ");
}

TEST_F(MailboxTest, IsBoundedAndTellsTheSenderOfRoom) {
  EXPECT_EQ(mailbox.post("t", share({std::string(600, 'x')}), sender), Posted::taken);
  EXPECT_EQ(mailbox.post("t", share({std::string(600, 'y')}), sender), Posted::full);
  EXPECT_FALSE(is_readable(sender));
  take_all();
  EXPECT_TRUE(is_readable(sender));
  EXPECT_EQ(mailbox.post("t", share({std::string(600, 'y')}), sender), Posted::taken);
}

TEST_F(MailboxTest, ALetterLongerThanTheLimitFindsRoomAlone) {
  EXPECT_EQ(mailbox.post("t", share({std::string(5000, 'x')}), sender), Posted::taken);
  EXPECT_EQ(mailbox.post("t", share({"y"}), sender), Posted::full);
}

TEST_F(MailboxTest, ManySmallLettersCannotHoldMoreMemoryThanTheLimit) {
  int taken = 0;
  while (mailbox.post("t", share({"x"}), sender) == Posted::taken) ++taken;
  EXPECT_LT(taken, 10);
}

TEST_F(MailboxTest, ClosedItRefusesEverybodyAndLetsWhoWaitsGo) {
  mailbox.post("t", share({std::string(900, 'x')}), sender);
  EXPECT_EQ(mailbox.post("t", share({std::string(900, 'y')}), sender), Posted::full);
  mailbox.close();
  EXPECT_TRUE(is_readable(sender));
  EXPECT_EQ(mailbox.post("t", share({"z"}), sender), Posted::closed);
  os::Descriptor socket(::eventfd(0, EFD_CLOEXEC));
  EXPECT_FALSE(mailbox.post(socket));
  EXPECT_TRUE(socket) << "it stays with who wanted to post it";
  EXPECT_EQ(take_all(), "");
}

TEST_F(MailboxTest, HandsSocketsOver) {
  os::Descriptor socket(::eventfd(0, EFD_CLOEXEC));
  const int fd = socket.get();
  EXPECT_TRUE(mailbox.post(socket));
  EXPECT_FALSE(socket);
  Mail mail;
  EXPECT_TRUE(mailbox.take(mail));
  ASSERT_EQ(mail.sockets.size(), 1U);
  EXPECT_EQ(mail.sockets[0].get(), fd);
}

TEST_F(MailboxTest, TakesFromManyThreadsAndKeepsTheOrderOfEach) {
  constexpr int kSenders = 4;
  constexpr int kLetters = 2000;
  std::vector<std::unique_ptr<Mailbox>> senders;  // which outlive who may wake them
  std::vector<std::thread> threads;
  for (int s = 0; s < kSenders; ++s) {
    senders.push_back(std::make_unique<Mailbox>(1000));
    threads.emplace_back([this, s, &own = *senders.back()] {
      for (int i = 0; i < kLetters; ++i) {
        while (mailbox.post(std::to_string(s), share({std::to_string(i)}), own) == Posted::full) {
          pollfd room{own.fd(), POLLIN, 0};
          ::poll(&room, 1, -1);
          own.acknowledge();
        }
      }
    });
  }
  std::vector<int> next(kSenders, 0);
  Mail mail;
  for (int left = kSenders * kLetters; left > 0;) {
    pollfd ready{mailbox.fd(), POLLIN, 0};
    ::poll(&ready, 1, -1);
    mailbox.acknowledge();
    while (mailbox.take(mail)) {
      for (const auto& letter : mail.letters) {
        ASSERT_EQ(std::stoi(letter.publication->bytes),
                  next[static_cast<std::size_t>(std::stoi(letter.topic))]++);
        --left;
      }
      mail.letters.clear();
    }
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace threadmill::servers
