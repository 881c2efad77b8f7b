#include "servers/net/shard_rooms.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "protocol/resp_encode.h"
#include "tests/servers/members.h"
#include "tests/support/temporary_folder.h"

namespace threadmill::servers {
namespace {

std::string room_push(std::string_view kind, std::initializer_list<std::string_view> words) {
  std::string bytes;
  resp::append_array_header(bytes, 1 + words.size());
  resp::append_simple(bytes, kind);
  for (const auto word : words) resp::append_bulk(bytes, word);
  return bytes;
}

std::string told(int number) { return room_push("told", {"ana", std::to_string(number)}); }

/// One of several loops, without its sockets.
struct RoomLoop {
  RoomLoop(SharedLobby& lobby, ShardGroup& group, std::size_t number)
      : topics(group, number), rooms(lobby, number, topics, topics) {}

  std::string ask(Member& member, const std::vector<std::string_view>& words) {
    return rooms.run(member, words);
  }
  void enter(Member& member, std::string_view name) {
    EXPECT_EQ(ask(member, {"NICK", name}), "+OK\r\n");
    EXPECT_EQ(ask(member, {"JOIN", "sala"}).front(), ':');
  }

  ShardFanout topics;
  ShardRooms rooms;
};

class ShardRoomsTest : public testing::Test {
 protected:
  ServeOptions options;
  ShardGroup group{2, 10'000};
  SharedLobby lobby{options, group};
  RoomLoop here{lobby, group, 0};
  RoomLoop there{lobby, group, 1};
  RecordingMember ana;
  RecordingMember bia;
  RecordingMember caio;
};

TEST_F(ShardRoomsTest, OneRoomForTheMembersOfAllLoops) {
  here.enter(ana, "ana");
  there.enter(bia, "bia");
  EXPECT_EQ(there.ask(bia, {"SAY", "sala", "oi"}), ":1\r\n");
  EXPECT_EQ(ana.received, "") << "it belongs to another loop";
  here.topics.take_mail();
  EXPECT_EQ(ana.received,
            room_push("joined", {"sala", "bia"}) + room_push("said", {"sala", "bia", "1", "oi"}));
  EXPECT_EQ(bia.received, "");
}

TEST_F(ShardRoomsTest, EverybodyHearsInTheOrderInWhichTheLobbySettledIt) {
  here.enter(ana, "ana");
  there.enter(bia, "bia");
  there.enter(caio, "caio");
  caio.received.clear();
  here.ask(ana, {"SAY", "sala", "first"});
  there.ask(bia, {"SAY", "sala", "second"});  // and that loop has not looked at its mail
  EXPECT_EQ(caio.received, room_push("said", {"sala", "ana", "1", "first"}) +
                               room_push("said", {"sala", "bia", "2", "second"}));
}

TEST_F(ShardRoomsTest, NoLetterIsLeftToAMemberThatHasGone) {
  here.enter(ana, "ana");
  std::optional<RecordingMember> guest(std::in_place);
  there.enter(*guest, "guest");
  here.ask(ana, {"SAY", "sala", "oi"});
  there.rooms.leave(*guest, Departure::lost);
  EXPECT_EQ(guest->received, room_push("said", {"sala", "ana", "1", "oi"})) << "said before it left";
  guest.reset();
  here.ask(ana, {"SAY", "sala", "who is there?"});
  there.topics.take_mail();
  here.topics.take_mail();
  EXPECT_EQ(ana.received,
            room_push("joined", {"sala", "guest"}) + room_push("left", {"sala", "guest", "lost"}));
}

TEST_F(ShardRoomsTest, WhoWatchesARoomsTopicReadsItInEveryLoop) {
  RecordingMember watches_here;
  RecordingMember watches_there;
  here.topics.join("room:sala", watches_here);
  there.topics.join("room:sala", watches_there);
  here.enter(ana, "ana");
  there.topics.take_mail();
  std::string line;
  resp::append_message_push(line, "room:sala", "* ana joined");
  EXPECT_EQ(watches_here.received, line);
  EXPECT_EQ(watches_there.received, line);
}

TEST_F(ShardRoomsTest, WhatOneLoopAcceptedAnotherMayCommit) {
  const TemporaryFolder folder;
  Journal journal(folder.path(), JournalSync::none);
  options.journal = &journal;
  SharedLobby kept(options, group);
  RoomLoop loop(kept, group, 0);
  loop.enter(ana, "ana");
  loop.ask(ana, {"SAY", "sala", "oi"});
  EXPECT_TRUE(journal.has_pending());
  std::thread([&] { kept.commit(); }).join();
  EXPECT_FALSE(journal.has_pending());
  loop.rooms.leave(ana, Departure::clean);
}

// Each tells the other far more than a mailbox holds before it looks at its own.
TEST_F(ShardRoomsTest, LoopsThatFloodEachOtherLoseNothingAndDoNotLockUp) {
  constexpr int kMessages = 2000;
  std::atomic<int> ready = 0;
  const auto flood = [&](RoomLoop& loop, RecordingMember& member, std::string_view name,
                         std::string_view other) {
    EXPECT_EQ(loop.ask(member, {"NICK", name}), "+OK\r\n");
    ++ready;
    while (ready < 2) std::this_thread::yield();
    const std::string text(1000, 'x');
    for (int i = 0; i < kMessages; ++i) EXPECT_EQ(loop.ask(member, {"TELL", other, text}), ":1\r\n");
    ++ready;
    while (ready < 4) loop.topics.take_mail();
    loop.topics.take_mail();
  };
  std::thread other([&] { flood(there, bia, "bia", "ana"); });
  flood(here, ana, "ana", "bia");
  other.join();
  EXPECT_EQ(ana.deliveries, kMessages);
  EXPECT_EQ(bia.deliveries, kMessages);
}

TEST_F(ShardRoomsTest, ComingAndGoingWhileOthersTalkIsSafeAndKeepsTheOrder) {
  constexpr int kMessages = 3000;
  std::atomic<bool> done = false;
  there.enter(bia, "bia");
  std::thread talker([&] {
    here.enter(ana, "ana");
    for (int i = 0; i < kMessages; ++i) {
      here.ask(ana, {"SAY", "sala", "oi"});
      here.ask(ana, {"TELL", "bia", std::to_string(i)});
    }
    here.rooms.leave(ana, Departure::clean);
    done = true;
  });
  while (!done) {
    RecordingMember guest;
    there.enter(guest, "guest");
    there.ask(guest, {"SAY", "sala", "oi"});
    there.rooms.leave(guest, Departure::lost);
  }
  talker.join();
  here.topics.take_mail();
  there.topics.take_mail();
  std::size_t from = 0;
  for (int i = 0; i < kMessages; ++i) {
    from = bia.received.find(told(i), from);
    ASSERT_NE(from, std::string::npos) << "message " << i;
  }
}

}  // namespace
}  // namespace threadmill::servers
