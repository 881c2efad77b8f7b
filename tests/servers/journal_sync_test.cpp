// What is forced to the disk before a message is confirmed: a program of its own, for its fdatasync counts.

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "servers/core/local_fanout.h"
#include "servers/journal/kept_lobby.h"
#include "tests/servers/members.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/text_files.h"

namespace {

int forced = 0;  // NOLINT: fdatasync has no other place

}  // namespace

extern "C" int fdatasync(int fd) {
  ++forced;
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

namespace threadmill::servers {
namespace {

struct TwoMessages {
  int forced_by_each = 0;    ///< before commit()
  int forced_by_commit = 0;  ///< of the turn
  bool each_is_there = false;
};

/// Two messages of one turn.
TwoMessages say_two(JournalSync sync) {
  const TemporaryFolder folder;
  Journal journal(folder.path() / "rooms", sync);
  ServeOptions options;
  options.journal = &journal;
  LocalFanout topics;
  RecordingMember ana;
  KeptLobby rooms(options, topics, Commit::in_turn);
  const auto run = [&](std::vector<std::string_view> words) { rooms.lobby().run(ana, words); };
  run({"NICK", "ana"});
  run({"JOIN", "sala"});
  TwoMessages said;
  forced = 0;
  run({"SAY", "sala", "um"});
  said.each_is_there = contents_of(journal.path()).find("um") != std::string::npos;
  run({"SAY", "sala", "dois"});
  said.forced_by_each = forced;
  forced = 0;
  rooms.commit();
  said.forced_by_commit = forced;
  EXPECT_NE(contents_of(journal.path()).find("dois"), std::string::npos);
  rooms.lobby().leave(ana, Departure::clean);
  return said;
}

TEST(JournalSyncPolicy, AlwaysForcesEachMessageByItself) {
  const auto said = say_two(JournalSync::always);
  EXPECT_TRUE(said.each_is_there);
  EXPECT_EQ(said.forced_by_each, 2);
  EXPECT_EQ(said.forced_by_commit, 0);
}

TEST(JournalSyncPolicy, TurnForcesWhatArrivedTogetherTogether) {
  const auto said = say_two(JournalSync::turn);
  EXPECT_FALSE(said.each_is_there);
  EXPECT_EQ(said.forced_by_each, 0);
  EXPECT_EQ(said.forced_by_commit, 1);
}

TEST(JournalSyncPolicy, NoneForcesNothing) {
  const auto said = say_two(JournalSync::none);
  EXPECT_EQ(said.forced_by_each, 0);
  EXPECT_EQ(said.forced_by_commit, 0);
}

}  // namespace
}  // namespace threadmill::servers
