// Chat rooms, as people with netcat and programs with RESP2 see them.

#include <signal.h>
#include <sys/resource.h>

#include <optional>
#include <set>
#include <thread>

#include "protocol/message_sum.h"
#include "protocol/resp_encode.h"
#include "protocol/resp_reply.h"
#include "tests/conformance/every_model.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/text_files.h"

namespace threadmill::conformance {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string words_of(std::initializer_list<std::string_view> words) {
  std::string bytes;
  resp::append_command(bytes, words);
  return bytes;
}

std::string pushed(std::string_view kind, std::initializer_list<std::string_view> words) {
  std::string bytes;
  resp::append_array_header(bytes, 1 + words.size());
  resp::append_simple(bytes, kind);
  for (const auto word : words) resp::append_bulk(bytes, word);
  return bytes;
}

class ChatRooms : public testing::TestWithParam<std::string> {
 protected:
  std::vector<std::string> chat(const std::vector<std::string>& more = {}) {
    return arguments(GetParam(), "chat", more);
  }
  /// A client with that name, in that room, who has been told so.
  static std::unique_ptr<Client> guest(const ServerProcess& server, const std::string& name,
                                       const std::string& room) {
    auto client = std::make_unique<Client>(server.port());
    EXPECT_EQ(client->ask("NICK " + name + "\r\n", "+OK\r\n"), "+OK\r\n");
    client->send("JOIN " + room + "\r\n");
    EXPECT_THAT(client->read_until("\r\n"), StartsWith(":"));
    return client;
  }
  static void expect_heard(Client& client, const std::string& push) {
    EXPECT_EQ(client.read(push.size()), push);
  }
};
INSTANTIATE_TEST_SUITE_P(Models, ChatRooms, testing::ValuesIn(models_with("chat")), test_name);

TEST_P(ChatRooms, TalkReachesTheOthersOfTheRoomAndNobodyElse) {
  ServerProcess server(chat());
  const auto ana = guest(server, "ana", "sala");
  const auto bia = guest(server, "bia", "sala");
  expect_heard(*ana, pushed("joined", {"sala", "bia"}));
  const auto caio = guest(server, "caio", "cafe");
  EXPECT_EQ(ana->ask("SAY sala bom dia\r\n", ":1\r\n"), ":1\r\n");
  expect_heard(*bia, pushed("said", {"sala", "ana", "1", "bom dia"}));
  EXPECT_EQ(bia->ask("TELL caio psst\r\n", ":1\r\n"), ":1\r\n");
  expect_heard(*caio, pushed("told", {"bia", "psst"}));
  const std::string everybody = words_of({"ana", "bia", "caio"});
  EXPECT_EQ(caio->ask("WHO\r\n", everybody), everybody);
  const std::string room = words_of({"ana", "bia"});
  EXPECT_EQ(caio->ask("WHO sala\r\n", room), room);
  const std::string history = "*1\r\n" + words_of({"1", "ana", "bom dia"});
  EXPECT_EQ(caio->ask("HISTORY sala\r\n", history), history);
  caio->send("NICK ana\r\n");
  EXPECT_THAT(caio->read_until("\r\n"), StartsWith("-ERR 'ana' is the name of somebody else"));
}

TEST_P(ChatRooms, ManyMessagesArriveInOrder) {
  ServerProcess server(chat());
  const auto ana = guest(server, "ana", "sala");
  const auto bia = guest(server, "bia", "sala");
  expect_heard(*ana, pushed("joined", {"sala", "bia"}));
  std::string requests;
  std::string answers;
  std::string pushes;
  for (int i = 1; i <= 1000; ++i) {
    const std::string text = "message " + std::to_string(i);
    requests += words_of({"SAY", "sala", text});
    answers += ":1\r\n";
    pushes += pushed("said", {"sala", "ana", std::to_string(i), text});
  }
  std::thread sender([&] { ana->send(requests); });
  EXPECT_TRUE(bia->read(pushes.size()) == pushes);
  sender.join();
  EXPECT_TRUE(ana->read(answers.size()) == answers);
}

TEST_P(ChatRooms, ACleanLeaveAndALostConnectionAreToldApart) {
  ServerProcess server(chat());
  const auto ana = guest(server, "ana", "sala");
  for (const std::string word : {"sair", "/quit", "QUIT"}) {
    const auto bia = guest(server, "bia", "sala");
    expect_heard(*ana, pushed("joined", {"sala", "bia"}));
    EXPECT_EQ(bia->ask(word + "\r\n", "+OK\r\n"), "+OK\r\n");
    EXPECT_EQ(bia->read_to_end(), "");
    expect_heard(*ana, pushed("left", {"sala", "bia", "left"}));
  }
  for (const bool reset : {true, false}) {
    auto bia = guest(server, "bia", "sala");
    expect_heard(*ana, pushed("joined", {"sala", "bia"}));
    if (reset) {
      bia->reset();
    } else {
      bia.reset();  // what the kernel does for a process that was killed
    }
    expect_heard(*ana, pushed("left", {"sala", "bia", "lost"}));
  }
  const auto again = guest(server, "bia", "sala");  // the name is free
  expect_heard(*ana, pushed("joined", {"sala", "bia"}));
}

TEST_P(ChatRooms, TheSenderSeesWhoHasAMessageWhole) {
  ServerProcess server(chat());
  Client subscriber(server.port());
  subscriber.send("SUBSCRIBE news\r\n");
  subscriber.read_until(":1\r\n");
  const auto ana = guest(server, "ana", "sala");
  const auto bia = guest(server, "bia", "sala");
  expect_heard(*ana, pushed("joined", {"sala", "bia"}));
  const std::string sum = protocol::sum_text(protocol::xxh3("oi"));
  EXPECT_EQ(ana->ask("CONFIRM m1 " + sum + " SAY sala oi\r\n", ":1\r\n"), ":1\r\n");
  expect_heard(*bia, pushed("said", {"sala", "ana", "1", "oi"}));
  EXPECT_EQ(bia->ask("ACK " + sum + "\r\n", ":1\r\n"), ":1\r\n");
  expect_heard(*ana, pushed("delivered", {"m1", "1", "1"}));
  EXPECT_EQ(ana->ask("CONFIRM m2 " + sum + " PUBLISH news oi\r\n", ":1\r\n"), ":1\r\n");
  expect_heard(subscriber, words_of({"message", "news", "oi"}));
  EXPECT_EQ(subscriber.ask("ACK " + sum + "\r\n", ":1\r\n"), ":1\r\n");
  expect_heard(*ana, pushed("delivered", {"m2", "1", "1"}));
  ana->send("CONFIRM m3 0123456789abcdef SAY sala oi\r\n");
  EXPECT_THAT(ana->read_until("\r\n"), StartsWith("-ERR wrong sum for 'm3'"));
}

TEST_P(ChatRooms, MembersThatComeAndGoWhileOthersTalkHurtNobody) {
  ServerProcess server(chat());
  const auto ana = guest(server, "ana", "sala");
  std::thread visitors([&] {
    for (int i = 0; i < 40; ++i) {
      Client visitor(server.port());
      visitor.send("NICK visitor" + std::to_string(i) +
                   "\r\nJOIN sala\r\nSAY sala oi\r\nECHO that-was-all\r\n");
      EXPECT_THAT(visitor.read_until("that-was-all\r\n"), HasSubstr("+OK\r\n"));
      if (i % 2 == 0) visitor.reset();
    }
  });
  for (int i = 0; i < 400; ++i) ana->send("SAY sala oi\r\n");
  visitors.join();
  ana->send("ECHO end-of-all-this\r\n");
  EXPECT_THAT(ana->read_until("end-of-all-this\r\n"), HasSubstr("joined"));
  EXPECT_EQ(server.stop(), 0);
}

TEST_P(ChatRooms, SaysHowManyConnectionsAreActive) {
  ServerProcess server(chat({"--log", "connections"}));
  {
    Client first(server.port());
    EXPECT_EQ(first.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
    Client second(server.port());
    EXPECT_EQ(second.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  }
  EXPECT_EQ(server.stop(), 0);
  EXPECT_THAT(server.errors(), HasSubstr("a connection opened, 2 active\n"));
  EXPECT_THAT(server.errors(), HasSubstr("a connection closed, 0 active\n"));
}

class ChatJournal : public ChatRooms {
 protected:
  std::vector<std::string> kept(const std::string& sync = "turn") {
    return chat(
        {"--journal", (folder_.path() / "rooms").string(), "--journal-sync", sync, "--history", "10000"});
  }
  /// The texts of a room's whole history, page by page.
  static std::multiset<std::string> history(Client& client, const std::string& room) {
    std::multiset<std::string> texts;
    std::string before = std::to_string(UINT64_MAX);
    while (true) {
      client.send("HISTORY " + room + " 1000 " + before + "\r\nPING\r\n");
      const std::string answer = client.read_until("+PONG\r\n");
      resp::Reply page;
      if (resp::parse_reply(answer, page).status != resp::ReplyStatus::complete || page.elements.empty())
        break;
      for (const auto& message : page.elements) texts.emplace(message.elements.at(2).text);
      before = page.elements.front().elements.at(0).text;
    }
    return texts;
  }
  TemporaryFolder folder_;
};
INSTANTIATE_TEST_SUITE_P(Models, ChatJournal, testing::ValuesIn(models_with("chat", Which::all_real)),
                         test_name);

// A message is confirmed once its record is written: whenever the server is killed, every confirmed one is
// there.
TEST_P(ChatJournal, NoConfirmedMessageIsMissingAfterKill9) {
  constexpr int kKills = 4;
  constexpr int kMessages = 300;
  std::vector<std::string> confirmed;
  for (int round = 0; round <= kKills; ++round) {
    ServerProcess server(kept(round % 2 == 0 ? "turn" : "none"));
    ASSERT_NE(server.port(), 0) << server.errors();
    const auto ana = guest(server, "ana", "sala");
    const auto texts = history(*ana, "sala");
    for (const auto& text : confirmed) ASSERT_EQ(texts.count(text), 1U) << text << " was confirmed";
    if (round == kKills) break;
    std::vector<std::string> sent;
    std::string requests;
    for (int i = 0; i < kMessages; ++i) {
      sent.push_back(std::to_string(round) + "-" + std::to_string(i));
      requests += words_of({"SAY", "sala", sent.back()});
    }
    std::thread sender([&] { ana->send_some(requests); });
    const std::string reply = ":0\r\n";
    const std::size_t awaited = static_cast<std::size_t>(10 + 41 * round) * reply.size();
    std::string replies = ana->read(awaited);
    ::kill(server.pid(), SIGKILL);
    sender.join();
    replies += ana->read_to_end();
    EXPECT_EQ(server.wait(), 128 + SIGKILL);
    ASSERT_GE(replies.size(), awaited);
    for (std::size_t i = 0; (i + 1) * reply.size() <= replies.size(); ++i) {
      ASSERT_EQ(replies.substr(i * reply.size(), reply.size()), reply);
      confirmed.push_back(sent.at(i));
    }
  }
}

TEST_P(ChatJournal, ATornRecordIsCutOffAndSaid) {
  {
    ServerProcess server(kept("always"));
    const auto ana = guest(server, "ana", "sala");
    EXPECT_EQ(ana->ask("SAY sala um\r\nSAY sala dois\r\n", ":0\r\n:0\r\n"), ":0\r\n:0\r\n");
    EXPECT_EQ(server.stop(), 0);
  }
  const auto file = folder_.path() / "rooms/rooms.journal";
  const std::string whole = contents_of(file);
  folder_.write("rooms/rooms.journal", whole + whole.substr(8, 15));
  ServerProcess server(kept());
  ASSERT_NE(server.port(), 0) << server.errors();
  EXPECT_THAT(server.errors(), HasSubstr("a torn record at its end was cut off, 15 bytes\n"));
  Client reader(server.port());
  EXPECT_EQ(history(reader, "sala"), (std::multiset<std::string>{"um", "dois"}));
  EXPECT_EQ(contents_of(file), whole);
}

/// Files that are started with it have room for so many bytes only, as on a disk that is full.
class ShortOfDisk {
 public:
  explicit ShortOfDisk(rlim_t bytes) : handler_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~ShortOfDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }
  ShortOfDisk(const ShortOfDisk&) = delete;
  ShortOfDisk& operator=(const ShortOfDisk&) = delete;

 private:
  sighandler_t handler_;
  rlimit before_{};
};

TEST_P(ChatJournal, WhereTheDiskIsFullTheServerEndsAndConfirmsNothingMore) {
  constexpr int kMessages = 200;
  const std::string reply = ":0\r\n";
  std::string replies;
  {
    std::optional<ShortOfDisk> full(std::in_place, 50'000);
    ServerProcess server(kept());
    full.reset();
    ASSERT_NE(server.port(), 0) << server.errors();
    const auto ana = guest(server, "ana", "sala");
    for (int i = 0; i < kMessages; ++i) {
      ana->send_some(words_of({"SAY", "sala", std::string(1000, 'x')}));
      const std::string got = ana->read(reply.size());
      replies += got;
      if (got != reply) break;
    }
    EXPECT_EQ(server.wait(), 1);
    EXPECT_THAT(server.errors(),
                HasSubstr("the journal cannot be written, so nothing more can be confirmed"));
  }
  EXPECT_LT(replies.size(), kMessages * reply.size());
  EXPECT_GT(replies.size(), 10 * reply.size());
  ServerProcess again(kept());
  Client reader(again.port());
  EXPECT_GE(history(reader, "sala").size(), replies.size() / reply.size()) << "all that was confirmed";
}

TEST_P(ChatJournal, ASecondServerIsKeptOut) {
  ServerProcess first(kept());
  ServerProcess second(kept());
  EXPECT_EQ(second.port(), 0);
  EXPECT_EQ(second.wait(), 1);
  EXPECT_THAT(second.errors(), HasSubstr("another server has it; stop that one, or give another folder"));
}

}  // namespace
}  // namespace threadmill::conformance
