#include <thread>

#include "tests/conformance/every_model.h"
#include "tests/conformance/process_family.h"
#include "tests/conformance/sanitized.h"

namespace threadmill::conformance {
namespace {

std::string pattern(std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>((i * 31 + i / 251) & 0xff);
  return text;
}

// Ceilings too.
class AnyEchoToOne : public testing::TestWithParam<std::string> {};
class AnyEcho : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, AnyEchoToOne, testing::ValuesIn(models_with("echo", Which::everything)),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Models, AnyEcho, testing::ValuesIn(models_with("echo", Which::ceilings)), test_name);

class EchoToOne : public testing::TestWithParam<std::string> {};
class Echo : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, EchoToOne, testing::ValuesIn(models_with("echo", Which::all_real)),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Models, Echo, testing::ValuesIn(models_with("echo")), test_name);

void expect_repeated(const std::string& echoed, const std::string& text, std::size_t bytes) {
  ASSERT_EQ(echoed.size(), bytes);
  for (std::size_t at = 0; at < bytes; at += text.size()) {
    const std::size_t length = std::min(text.size(), bytes - at);
    ASSERT_TRUE(echoed.compare(at, length, text, 0, length) == 0) << "from byte " << at;
  }
}

TEST_P(AnyEchoToOne, BytesComeBack) {
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

TEST_P(EchoToOne, AHalfCloseIsAnsweredInFull) {
  ServerProcess server(arguments(GetParam(), "echo"));
  Client client(server.port());
  const std::string text = pattern(100'000);
  client.send(text);
  client.half_close();
  EXPECT_TRUE(client.read_to_end() == text);
}

// More than one read holds lies in the server's socket, and the end behind it, before the server sees any of
// it: nothing more will come that could wake it for the rest.
TEST_P(EchoToOne, WhatArrivedAtOnceIsAnsweredInFull) {
  ServerProcess server(arguments(GetParam(), "echo"));
  Client client(server.port());
  const std::string text = pattern(4 << 20);
  std::thread sender([&] { client.send(text); });  // by this the kernel learns to take more at once
  ASSERT_TRUE(client.read(text.size()) == text);
  sender.join();
  freeze(server.pid());
  const std::size_t sent = client.send_some(text);
  client.half_close();
  thaw(server.pid());
  EXPECT_GT(sent, std::size_t{64} << 10);
  expect_repeated(client.read_to_end(), text, sent);
}

// A process that a later client got must not hold the connection of an earlier one.
TEST_P(Echo, EachClientSeesItsEndWhoeverElseIsThere) {
  ServerProcess server(arguments(GetParam(), "echo"));
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    ASSERT_EQ(clients.back()->ask("hello", "hello"), "hello");
  }
  for (auto& client : clients) {
    client->half_close();
    EXPECT_EQ(client->read_to_end(), "");
  }
}

// Fills every buffer on the way, until neither side can go on, and then reads: nothing is lost and memory is
// bounded.
TEST_P(EchoToOne, AClientThatReadsLateGetsEverything) {
  ServerProcess server(arguments(GetParam(), "echo"), {.tells_memory = true});
  Client client(server.port(), 16 << 10);
  ASSERT_EQ(client.ask("hello", "hello"), "hello");
  const std::size_t before = memory_bytes_of(server.pid());
  const std::string text = pattern(1 << 20);
  const std::size_t sent = client.send_until_stuck(text, server.pid());
  EXPECT_LT(sent, kFarTooMuch) << "the server takes everything";
  if (kMemoryIsTold) {
    // An outbox may hold 8 MiB.
    EXPECT_LT(memory_bytes_of(server.pid()), before + kMemoryFactor * (std::size_t{12} << 20));
  }
  client.half_close();
  expect_repeated(client.read_to_end(), text, sent);
}

TEST_P(Echo, ClientsThatNeverReadHoldUpNobody) {
  ServerProcess server(arguments(GetParam(), "echo"));
  Client early(server.port());
  ASSERT_EQ(early.ask("hello", "hello"), "hello");
  const std::string text = pattern(1 << 20);
  std::vector<std::unique_ptr<Client>> stuck;
  for (int i = 0; i < 4; ++i) {
    stuck.push_back(std::make_unique<Client>(server.port(), 16 << 10));
    stuck.back()->send_until_stuck(text, server.pid());
    ASSERT_EQ(early.ask("still served", "still served"), "still served");
  }
  Client late(server.port());
  EXPECT_EQ(late.ask("served too", "served too"), "served too");
}

TEST_P(EchoToOne, ADelayedFlushDoesNotHurtAClientThatReads) {
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

TEST_P(EchoToOne, AResetInMidWriteEndsThatConnectionOnly) {
  ServerProcess server(arguments(GetParam(), "echo"));
  const std::string text = pattern(1 << 20);
  for (int i = 0; i < 3; ++i) {
    Client client(server.port(), 16 << 10);
    client.send_until_stuck(text, server.pid());
    client.reset();
    Client next(server.port());
    ASSERT_EQ(next.ask("hello", "hello"), "hello");
  }
  Client last(server.port());
  EXPECT_EQ(last.ask("hello", "hello"), "hello");
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.counts()["slow_disconnected"], 0U) << "they left by themselves";
}

}  // namespace
}  // namespace threadmill::conformance
