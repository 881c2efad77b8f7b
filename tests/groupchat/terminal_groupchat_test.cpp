// People who talk with `threadmill groupchat`.

#include <gmock/gmock.h>
#include <signal.h>

#include <optional>
#include <vector>

#include "groupchat/amqp/mailbox.h"
#include "groupchat/amqp/post.h"
#include "tests/groupchat/broker_fixture.h"
#include "tests/groupchat/reading_process.h"

namespace threadmill::groupchat {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class TerminalGroupchat : public WithBroker {
 protected:
  static void expect_to_read(const ReadingProcess& talker, const std::string& text) {
    EXPECT_TRUE(eventually([&] { return talker.shown().find(text) != std::string::npos; }))
        << "'" << text << "' is not in: " << talker.shown() << talker.complaints();
  }
};

TEST_F(TerminalGroupchat, PeopleTalkAlsoWhenOneIsAway) {
  ReadingProcess ana(broker().url(), "t-ana", "t-sala");
  ReadingProcess bia(broker().url(), "t-bia", "t-sala");
  expect_to_read(ana, "* you are in t-sala\n");
  expect_to_read(bia, "* you are in t-sala\n");
  ana.type("bom dia");
  expect_to_read(bia, "t-ana: bom dia\n");
  expect_to_read(ana, "* read by t-bia: bom dia\n");
  bia.type("/quit");
  EXPECT_EQ(bia.wait().exit_code, 0);
  ana.type("/tell t-bia at eight?");
  ana.type("/tell t-nobody hello");
  expect_to_read(ana, "! nobody is called t-nobody: hello\n");
  bia.start();
  expect_to_read(bia, "t-ana: bom dia\n");  // of its history
  expect_to_read(bia, "(to you) t-ana: at eight?\n");
  expect_to_read(ana, "* read by t-bia: at eight?\n");
  ana.type("/read?");
  expect_to_read(ana, "* read by nobody yet: hello\n");
  ana.close_keyboard();
  EXPECT_EQ(ana.wait().exit_code, 0);
  ::kill(bia.pid(), SIGINT);
  EXPECT_EQ(bia.wait().exit_code, 0);
}

// Its output is a disk that is full: it ends when it has something to show.
TEST_F(TerminalGroupchat, WhatItCouldNotShowHasNoReceiptAndComesAgain) {
  const TemporaryFolder folder;
  Mailbox receipts(address(), "u-ana", {Kind::receipt});
  const std::string script =
      "keyboard=$1; shift; mkfifo \"$keyboard\"; exec \"$@\" <>\"$keyboard\" >/dev/full";
  Command bia({"/bin/sh", "-c", script, "sh", (folder.path() / "keyboard").string(), built("threadmill"),
               "groupchat", "--url", broker().url(), "--user", "u-bia", "--group", ""});
  Post ana(address());
  const auto is_taken = [&] {  // once there is an inbox, which nothing waits in then
    ana.send(text_to_user("u-ana", "u-bia", "do you see this?"));
    std::vector<Outcome> outcomes;
    eventually([&] {
      outcomes = ana.turn(std::chrono::milliseconds(10));
      return !outcomes.empty();
    });
    return !outcomes.empty() && outcomes.front().kind == Outcome::Kind::taken;
  };
  ASSERT_TRUE(eventually(is_taken)) << bia.err();
  const auto ended = bia.wait();
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("nothing can be printed"));
  Mailbox again(address(), "u-bia", {Kind::text});
  std::optional<Delivery> delivery;
  ASSERT_TRUE(eventually([&] {
    delivery = again.take(std::chrono::milliseconds(10));
    return delivery.has_value();
  }));
  EXPECT_EQ(read_message(delivery->body).content, "do you see this?");
  EXPECT_FALSE(receipts.take(std::chrono::milliseconds(100)));
}

TEST(TerminalGroupchatArguments, AreToldWhatIsWrongWithThem) {
  const auto no_name = threadmill_cli({"groupchat", "--user", "ana maria"});
  EXPECT_EQ(no_name.exit_code, 2);
  EXPECT_THAT(no_name.err, HasSubstr("--user ana maria: give 1 to 32 of A-Z a-z 0-9 _ -"));
  const auto no_url = threadmill_cli({"groupchat", "--user", "ana", "--url", "http://127.0.0.1"});
  EXPECT_EQ(no_url.exit_code, 2);
  EXPECT_THAT(no_url.err, HasSubstr("--url: give amqp://HOST:PORT"));
  const auto told_all =
      threadmill_cli({"groupchat", "--user", "ana", "--url", "amqp://ana:secret@127.0.0.1:1"});
  EXPECT_EQ(told_all.exit_code, 2);
  EXPECT_THAT(told_all.err, AllOf(HasSubstr("THREADMILL_AMQP_PASSWORD"), Not(HasSubstr("secret"))));
  const auto nobody = threadmill_cli({"groupchat", "--user", "ana", "--url", "amqp://127.0.0.1:1"});
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_THAT(nobody.err, HasSubstr("broker 127.0.0.1:1: connect: "));
  EXPECT_THAT(nobody.err, HasSubstr("apt-get install rabbitmq-server"));
}

}  // namespace
}  // namespace threadmill::groupchat
