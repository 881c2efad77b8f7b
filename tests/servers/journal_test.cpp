#include "servers/journal/journal.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "protocol/resp_encode.h"
#include "servers/core/local_fanout.h"
#include "servers/journal/kept_lobby.h"
#include "servers/journal/record.h"
#include "tests/servers/members.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/text_files.h"
#include "tests/support/thrown.h"

namespace threadmill::servers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Status = journal::Contents::Status;

RoomMessage room_message(std::uint64_t number, std::string text) {
  return {number, "sala", "ana", std::move(text)};
}

std::string file_of(const std::vector<RoomMessage>& messages) {
  std::string file(journal::kHeader);
  for (const auto& each : messages) journal::append_record(file, each);
  return file;
}

void change_byte(std::string& text, std::size_t at) { text[at] = static_cast<char>(text[at] ^ 1); }

TEST(JournalRecord, EveryCutIsFoundAndWhatIsWholeIsKept) {
  const std::vector<RoomMessage> messages = {room_message(1, "um"), room_message(2, ""),
                                             room_message(3, std::string(1000, 'x'))};
  const std::string file = file_of(messages);
  std::vector<std::size_t> ends;  // of each record
  for (std::size_t i = 1; i <= messages.size(); ++i) {
    ends.push_back(
        file_of(std::vector(messages.begin(), messages.begin() + static_cast<std::ptrdiff_t>(i))).size());
  }
  EXPECT_EQ(journal::read_contents(file).messages, messages);
  EXPECT_EQ(journal::read_contents(file).status, Status::whole);
  for (std::size_t cut = 1; cut < file.size(); ++cut) {
    const auto contents = journal::read_contents(std::string_view(file).substr(0, cut));
    const auto whole = std::upper_bound(ends.begin(), ends.end(), cut) - ends.begin();
    ASSERT_EQ(static_cast<std::ptrdiff_t>(contents.messages.size()), whole) << cut;
    ASSERT_TRUE(contents.status == (contents.whole_bytes == cut ? Status::whole : Status::torn)) << cut;
  }
}

TEST(JournalRecord, AnyChangedByteIsFound) {
  const std::string file = file_of({room_message(1, "um"), room_message(2, "dois"), room_message(3, "tres")});
  for (std::size_t at = 0; at < file.size(); ++at) {
    std::string changed = file;
    change_byte(changed, at);
    const auto contents = journal::read_contents(changed);
    ASSERT_NE(contents.status, Status::whole) << at;
    ASSERT_LT(contents.messages.size(), 3U) << at;
    const bool in_a_record = at >= journal::kHeader.size();
    const bool before_the_last = at < file_of({room_message(1, "um"), room_message(2, "dois")}).size();
    if (in_a_record) {
      ASSERT_EQ(contents.status, before_the_last ? Status::damaged : Status::torn) << at;
    }
  }
}

class JournalTest : public testing::Test {
 protected:
  std::string run(KeptLobby& rooms, RecordingMember& member, std::vector<std::string_view> words) {
    return rooms.lobby().run(member, words);
  }
  /// What the history of the room is after a restart.
  std::string history_after_restart() {
    Journal again(folder.path() / "rooms", JournalSync::turn);
    ServeOptions reading;
    reading.journal = &again;
    KeptLobby rooms(reading, topics, Commit::in_turn);
    return run(rooms, ana, {"HISTORY", "sala"});
  }
  std::filesystem::path file() const { return folder.path() / "rooms/rooms.journal"; }

  TemporaryFolder folder;
  LocalFanout topics;
  RecordingMember ana;
};

TEST_F(JournalTest, WhatWasCommittedIsThereAfterARestartAndNothingElse) {
  {
    Journal journal(folder.path() / "rooms", JournalSync::turn);
    ServeOptions options;
    options.journal = &journal;
    KeptLobby rooms(options, topics, Commit::in_turn);
    run(rooms, ana, {"NICK", "ana"});
    run(rooms, ana, {"JOIN", "sala"});
    run(rooms, ana, {"SAY", "sala", "um"});
    run(rooms, ana, {"SAY", "sala", "dois"});
    EXPECT_EQ(contents_of(file()), journal::kHeader) << "one write for the turn, at its end";
    rooms.commit();
    run(rooms, ana, {"SAY", "sala", "never committed"});
    rooms.lobby().leave(ana, Departure::clean);
  }
  const std::string history = history_after_restart();
  EXPECT_THAT(history, HasSubstr("dois"));
  EXPECT_THAT(history, testing::StartsWith("*2\r\n*3\r\n$1\r\n1\r\n$3\r\nana\r\n$2\r\num\r\n"));
}

TEST_F(JournalTest, AtOnceEachMessageIsThereBeforeItIsConfirmed) {
  Journal journal(folder.path() / "rooms", JournalSync::none);
  ServeOptions options;
  options.journal = &journal;
  KeptLobby rooms(options, topics, Commit::at_once);
  run(rooms, ana, {"NICK", "ana"});
  run(rooms, ana, {"JOIN", "sala"});
  run(rooms, ana, {"SAY", "sala", "um"});
  EXPECT_EQ(contents_of(file()), file_of({room_message(1, "um")}));
  rooms.lobby().leave(ana, Departure::clean);
}

TEST_F(JournalTest, ATornEndIsCutOffAndSaidAndWritingGoesOnBehindIt) {
  const std::string whole = file_of({room_message(1, "um"), room_message(2, "dois")});
  folder.write("rooms/rooms.journal",
               whole + file_of({room_message(3, "tres")}).substr(journal::kHeader.size(), 9));
  {
    Journal journal(folder.path() / "rooms", JournalSync::turn);
    EXPECT_EQ(journal.cut_bytes(), 9U);
    EXPECT_EQ(contents_of(file()), whole);
    journal.append(room_message(3, "new"));
    journal.commit();
  }
  Journal again(folder.path() / "rooms", JournalSync::turn);
  EXPECT_EQ(again.cut_bytes(), 0U);
  EXPECT_THAT(again.take_messages(),
              ElementsAre(room_message(1, "um"), room_message(2, "dois"), room_message(3, "new")));
}

TEST_F(JournalTest, WhatIsNoJournalOrWasDamagedIsRefusedAndLeftAlone) {
  const auto path = folder.write("rooms/rooms.journal", "a diary of mine");
  const auto opening = [&] { Journal(folder.path() / "rooms", JournalSync::turn); };
  EXPECT_THAT(thrown_by<std::runtime_error>(opening), HasSubstr("no journal of this version"));
  EXPECT_EQ(contents_of(path), "a diary of mine");
  std::string damaged = file_of({room_message(1, "um"), room_message(2, "dois")});
  change_byte(damaged, journal::kHeader.size() + 14);
  folder.write("rooms/rooms.journal", damaged);
  EXPECT_THAT(thrown_by<std::runtime_error>(opening), HasSubstr("the record at byte 8 was damaged"));
  EXPECT_EQ(contents_of(path), damaged);
}

/// The status with which a child ends that does so.
int status_of_child(const std::function<int()>& act) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(act());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

TEST_F(JournalTest, OneServerAtATimeHasIt) {
  const Journal first(folder.path() / "rooms", JournalSync::turn);
  const auto open_too = [&] { Journal(folder.path() / "rooms", JournalSync::turn); };
  const auto is_refused = [&] {
    return thrown_by<std::runtime_error>(open_too).find("another server has it") != std::string::npos ? 1 : 0;
  };
  EXPECT_EQ(status_of_child(is_refused), 1);
}

TEST_F(JournalTest, AChildThatOutlivesItsServerKeepsNobodyOut) {
  int pipe[2];
  ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  const auto serve_and_leave_a_child = [&] {
    const Journal journal(folder.path() / "rooms", JournalSync::turn);
    ::close(pipe[1]);
    if (::fork() > 0) return 0;
    char nothing;
    ::_exit(::read(pipe[0], &nothing, 1) == 0 ? 0 : 1);  // once the test lets go
  };
  ASSERT_EQ(status_of_child(serve_and_leave_a_child), 0);
  EXPECT_NO_THROW(Journal(folder.path() / "rooms", JournalSync::turn));
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_F(JournalTest, StaysAsShortAsTheHistoriesThatItKeeps) {
  {
    Journal journal(folder.path() / "rooms", JournalSync::none);
    ServeOptions options;
    options.journal = &journal;
    options.history_messages = 10;
    KeptLobby rooms(options, topics, Commit::at_once);
    run(rooms, ana, {"NICK", "ana"});
    run(rooms, ana, {"JOIN", "sala"});
    const std::string text(4000, 'x');
    for (int i = 0; i < 1000; ++i) run(rooms, ana, {"SAY", "sala", text});
    run(rooms, ana, {"SAY", "sala", "the last"});
    EXPECT_LT(std::filesystem::file_size(file()), 2U << 20);
    rooms.lobby().leave(ana, Departure::clean);
  }
  EXPECT_THAT(history_after_restart(), HasSubstr("$4\r\n1001\r\n$3\r\nana\r\n$8\r\nthe last\r\n"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "rooms/rooms.journal.new"));
}

TEST_F(JournalTest, AShorterHistoryIsSaidAndTakesNothingFromTheFileYet) {
  constexpr int kMessages = 400;
  std::string whole(journal::kHeader);
  for (int i = 1; i <= kMessages; ++i) {
    journal::append_record(whole, room_message(static_cast<std::uint64_t>(i), std::string(4000, 'x')));
  }
  folder.write("rooms/rooms.journal", whole);
  ASSERT_GT(whole.size(), 1U << 20) << "long enough to be replaced";
  Journal journal(folder.path() / "rooms", JournalSync::none);
  ServeOptions options;
  options.journal = &journal;
  options.history_messages = 100;
  testing::internal::CaptureStderr();
  KeptLobby rooms(options, topics, Commit::at_once);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("300 of its 400 messages are more than"));
  EXPECT_EQ(contents_of(file()), whole);
  run(rooms, ana, {"NICK", "ana"});
  run(rooms, ana, {"JOIN", "sala"});
  run(rooms, ana, {"SAY", "sala", "one more"});
  EXPECT_GT(contents_of(file()).size(), whole.size());
  const std::string text(4000, 'x');
  for (int i = 0; i < 300; ++i) run(rooms, ana, {"SAY", "sala", text});
  EXPECT_LT(contents_of(file()).size(), whole.size()) << "bounded all the same";
  rooms.lobby().leave(ana, Departure::clean);
}

TEST_F(JournalTest, OfAHistoryThatIsKeptWholeNothingIsSaid) {
  folder.write("rooms/rooms.journal", file_of({room_message(1, "um"), room_message(2, "dois")}));
  Journal journal(folder.path() / "rooms", JournalSync::turn);
  ServeOptions options;
  options.journal = &journal;
  options.history_messages = 2;
  testing::internal::CaptureStderr();
  const KeptLobby rooms(options, topics, Commit::in_turn);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace threadmill::servers
