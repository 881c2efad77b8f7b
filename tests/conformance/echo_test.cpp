#include <thread>

#include "tests/conformance/every_model.h"

namespace threadmill::conformance {
namespace {

std::string pattern(std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>((i * 31 + i / 251) & 0xff);
  return text;
}

class AnyEcho : public testing::TestWithParam<std::string> {};
class Echo : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, AnyEcho, testing::ValuesIn(models_with("echo", Which::ceilings)), test_name);
INSTANTIATE_TEST_SUITE_P(Models, Echo, testing::ValuesIn(models_with("echo")), test_name);

TEST_P(AnyEcho, BytesComeBack) {
  ServerProcess server(arguments(GetParam(), "echo"));
  Client client(server.port());
  const std::string text = pattern(300);
  for (const char byte : text) ASSERT_EQ(client.ask({&byte, 1}, "x"), std::string(1, byte));
  EXPECT_EQ(client.ask(text, text), text);
}

TEST_P(AnyEcho, ManyClientsAtOnce) {
  ServerProcess server(arguments(GetParam(), "echo"));
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<Client>(server.port()));
  for (std::size_t i = 0; i < clients.size(); ++i) clients[i]->send("client " + std::to_string(i));
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const std::string expected = "client " + std::to_string(i);
    ASSERT_EQ(clients[i]->read(expected.size()), expected);
  }
}

TEST_P(Echo, AHalfCloseIsAnsweredInFull) {
  ServerProcess server(arguments(GetParam(), "echo"));
  Client client(server.port());
  const std::string text = pattern(100'000);
  client.send(text);
  client.half_close();
  EXPECT_TRUE(client.read_to_end() == text);
}

// Fills every buffer on the way, until neither side can go on, and then reads: nothing is lost and memory is
// bounded.
TEST_P(Echo, AClientThatReadsLateGetsEverything) {
  ServerProcess server(arguments(GetParam(), "echo"));
  Client client(server.port(), 16 << 10);
  Client other(server.port());
  const std::string text = pattern(1 << 20);
  std::size_t sent = 0;
  std::size_t stalls = 0;
  while (stalls < 20 && sent < (std::size_t{64} << 20)) {
    const std::size_t at = sent % text.size();
    const std::size_t took = client.send_some(std::string_view(text).substr(at));
    sent += took;
    if (took == 0) {
      ++stalls;
      ASSERT_EQ(other.ask("still served", "still served"), "still served");
    }
  }
  EXPECT_LT(sent, std::size_t{64} << 20) << "the server took everything: its memory is not bounded";
  client.half_close();
  const std::string echoed = client.read_to_end();
  ASSERT_EQ(echoed.size(), sent);
  for (std::size_t at = 0; at < sent; at += text.size()) {
    const std::size_t length = std::min(text.size(), sent - at);
    ASSERT_TRUE(echoed.compare(at, length, text, 0, length) == 0) << "from byte " << at;
  }
}

TEST_P(Echo, ADelayedFlushDoesNotHurtAClientThatReads) {
  const auto flushes = flushes_of(GetParam());
  if (std::find(flushes.begin(), flushes.end(), servers::FlushKind::delay) == flushes.end()) return;
  ServerProcess server(arguments(GetParam(), "echo", {"--flush", "delay:200ms"}));
  Client client(server.port());
  const std::string text = pattern(24 << 20);
  std::thread sender([&] { client.send(text); });
  EXPECT_TRUE(client.read(text.size()) == text);
  sender.join();
}

TEST_P(Echo, AResetHurtsNobodyElse) {
  ServerProcess server(arguments(GetParam(), "echo"));
  Client other(server.port());
  for (int i = 0; i < 50; ++i) {
    Client client(server.port());
    client.send(pattern(50'000));
    client.reset();
  }
  EXPECT_EQ(other.ask("hello", "hello"), "hello");
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace threadmill::conformance
