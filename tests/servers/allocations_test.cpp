// What a request allocates, in every model: a program of its own, for it counts what operator new is asked
// for.

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cstdlib>
#include <functional>
#include <new>

#include "os/descriptor.h"
#include "servers/core/chat_session.h"
#include "servers/net/switchboard_client.h"
#include "tests/servers/members.h"

namespace {

std::size_t asked_for = 0;  // NOLINT: operator new has no other place

}  // namespace

void* operator new(std::size_t bytes) {
  ++asked_for;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace threadmill::servers {
namespace {

std::size_t allocations_of(const std::function<void()>& work) {
  const std::size_t before = asked_for;
  work();
  return asked_for - before;
}

/// Takes publications for three members that are elsewhere.
class Elsewhere : public Fanout {
 public:
  void join(std::string_view, Member&) override {}
  void leave(std::string_view, Member&) override {}
  std::size_t publish(std::string_view, Publication) override { return 3; }
  std::size_t member_count(std::string_view) override { return 3; }
  std::vector<std::string> topics() override { return {}; }
};

TEST(Allocations, ARequestIsReadWithoutAny) {
  Elsewhere topics;
  Outbox outbox(1 << 20);
  OutboxMember self(outbox);
  ChatSession session(topics, self, {});
  const auto allocations_of_read = [&](std::string_view request) {
    std::size_t allocations = 0;
    for (int time = 0; time < 3; ++time) {
      allocations = allocations_of([&] { session.on_bytes(request, outbox); });
      drain(outbox);
    }
    return allocations;
  };
  EXPECT_EQ(allocations_of_read("*1\r\n$4\r\nPING\r\n"), 0U);
  EXPECT_EQ(allocations_of_read("*3\r\n$7\r\nPUBLISH\r\n$1\r\nt\r\n$4\r\nbody\r\n"), 1U)
      << "the publication itself";
}

TEST(Allocations, ACommandOfManyWordsLeavesNoMemoryBehind) {
  Elsewhere topics;
  Outbox outbox(1 << 20);
  OutboxMember self(outbox);
  ChatSession session(topics, self, {});
  std::string many = "*100\r\n";
  for (int i = 0; i < 100; ++i) many += "$4\r\nPING\r\n";
  for (int time = 0; time < 3; ++time) {
    session.on_bytes(many, outbox);
    drain(outbox);
  }
  EXPECT_GE(allocations_of([&] { session.on_bytes("*1\r\n$4\r\nPING\r\n", outbox); }), 1U)
      << "the room of a hundred words was given back";
}

TEST(Allocations, AChildAsksItsSwitchboardWithoutAny) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
  const os::Descriptor child(ends[0]), parent(ends[1]);
  Outbox outbox(1 << 20);
  SwitchboardClient client(child.get(), [&](std::string_view bytes) { outbox.append(bytes); });
  std::string answer;
  append_frame(answer, {FrameKind::number, {}, "3"});
  std::size_t allocations = 0;
  for (int time = 0; time < 3; ++time) {
    ASSERT_EQ(::send(parent.get(), answer.data(), answer.size(), 0), static_cast<ssize_t>(answer.size()));
    Publication publication;
    publication.bytes.assign(100, 'x');
    allocations = allocations_of([&] { EXPECT_EQ(client.publish("topic", std::move(publication)), 3U); });
  }
  EXPECT_EQ(allocations, 0U);
}

}  // namespace
}  // namespace threadmill::servers
