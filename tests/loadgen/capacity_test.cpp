#include "loadgen/capacity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "loadgen/memory_estimate.h"

namespace threadmill::load {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Optional;

constexpr std::uint64_t kMiB = 1 << 20;

Plan echo_plan(std::uint32_t connections, const std::string& address = "127.0.0.1") {
  Plan plan;
  plan.target = {address, 1};
  plan.requests.connections = connections;
  return plan;
}

Plan chat_plan(std::uint32_t publishers, std::uint32_t subscribers) {
  Plan plan;
  plan.target = {"127.0.0.1", 1};
  plan.driver = DriverKind::pubsub;
  plan.pubsub = {.publishers = publishers, .subscribers = subscribers, .topics = 1, .window = 64};
  return plan;
}

Plan with(Plan plan, const BystanderLoad& bystanders) {
  plan.bystanders = bystanders;
  return plan;
}

Limits with_memory(std::uint64_t bytes, const std::string& limited_by = "/proc/meminfo") {
  Limits limits;
  limits.memory = {bytes, limited_by};
  return limits;
}

TEST(Capacity, WithoutLimitsAnythingGoes) {
  EXPECT_EQ(shortage(with(echo_plan(1'000'000), {.idle = 1'000'000, .half_open = 10}), {}), std::nullopt);
}

TEST(Capacity, OfDescriptorsNamesTheLimitAndTheRemedy) {
  const Limits limits{.descriptors = 1000};
  EXPECT_EQ(shortage(echo_plan(982), limits), std::nullopt);
  EXPECT_THAT(shortage(echo_plan(983), limits),
              Optional(AllOf(HasSubstr("983 connections"), HasSubstr("hard limit is 1000"),
                             HasSubstr("ulimit -Hn"), HasSubstr("LimitNOFILE="))));
}

TEST(Capacity, OfDescriptorsCountsThreadsAndBystanders) {
  const Limits limits{.descriptors = 1000};
  Plan plan = echo_plan(982);
  plan.threads = 2;
  EXPECT_TRUE(descriptor_shortage(plan, limits));
  EXPECT_EQ(descriptor_shortage(with(echo_plan(100), {.idle = 880}), limits), std::nullopt);
  EXPECT_TRUE(descriptor_shortage(with(echo_plan(100), {.idle = 881}), limits));
  EXPECT_TRUE(descriptor_shortage(with(echo_plan(100), {.slow_readers = 881}), limits));
  EXPECT_TRUE(descriptor_shortage(with(echo_plan(100), {.half_open = 881}), limits));
}

TEST(Capacity, OfPortsARemoteTargetHasOneSource) {
  const Limits limits{.ports = 800};  // 700 to be counted on
  for (const std::string remote : {"10.0.0.1", "::1", "2001:db8::1"}) {
    EXPECT_EQ(shortage(echo_plan(700, remote), limits), std::nullopt);
    EXPECT_THAT(shortage(echo_plan(701, remote), limits),
                Optional(AllOf(HasSubstr("701 connections to " + remote), HasSubstr("has 800, of which 700"),
                               HasSubstr("ip_local_reserved_ports"),
                               HasSubstr("sysctl -w net.ipv4.ip_local_port_range"))));
    EXPECT_TRUE(port_shortage(with(echo_plan(1, remote), {.idle = 700}), limits));
  }
}

TEST(Capacity, OfPortsALoopbackTargetHasFurtherSources) {
  EXPECT_EQ(shortage(echo_plan(1'000'000), {.ports = 800}), std::nullopt);
  EXPECT_EQ(shortage(echo_plan(1'000'000, "127.0.0.9"), {.ports = 1}), std::nullopt);
  EXPECT_TRUE(port_shortage(echo_plan(1), {.ports = 0}));
}

TEST(Capacity, OfMemoryNamesWhoLimitsItAndTheRemedy) {
  EXPECT_EQ(shortage(echo_plan(10'000), with_memory(150 * kMiB)), std::nullopt);
  EXPECT_THAT(
      shortage(echo_plan(10'000), with_memory(100 * kMiB)),
      Optional(AllOf(HasSubstr("10000 connections need about"), HasSubstr("/proc/meminfo leaves 100 MiB"),
                     HasSubstr("fewer connections"), HasSubstr("free some memory"))));
  EXPECT_THAT(
      shortage(echo_plan(10'000), with_memory(100 * kMiB, "/sys/fs/cgroup/memory.max")),
      Optional(AllOf(HasSubstr("/sys/fs/cgroup/memory.max leaves 100 MiB"), HasSubstr("MemoryMax="))));
}

TEST(Capacity, OfMemoryCountsWhatIsInFlight) {
  Plan plan = echo_plan(100);
  EXPECT_EQ(shortage(plan, with_memory(64 * kMiB)), std::nullopt);
  plan.message_bytes = 1 << 20;
  EXPECT_TRUE(shortage(plan, with_memory(64 * kMiB)));
  plan.message_bytes = 1;
  plan.requests.pipeline = 65'536;
  EXPECT_TRUE(shortage(plan, with_memory(64 * kMiB)));
}

TEST(Capacity, OfMemoryCountsBystanders) {
  const Limits limits = with_memory(64 * kMiB);
  EXPECT_TRUE(memory_shortage(with(echo_plan(1), {.idle = 10'000}), limits));
  EXPECT_TRUE(memory_shortage(with(echo_plan(1), {.slow_readers = 1'000}), limits));
  EXPECT_TRUE(memory_shortage(with(echo_plan(1), {.half_open = 15'000}), limits));
}

TEST(Capacity, ThisMachineHasLimits) {
  const Limits limits = read_limits();
  EXPECT_LT(limits.descriptors, UINT64_MAX);
  EXPECT_GT(limits.ports, 0U);
  EXPECT_LT(limits.memory.bytes, UINT64_MAX);
  EXPECT_FALSE(limits.memory.limited_by.empty());
  EXPECT_EQ(shortage(echo_plan(1), limits), std::nullopt);
}

TEST(MemoryEstimate, GrowsByAtLeastTheSocketsOfBothEndsOnThisMachine) {
  const auto of = [](std::uint32_t connections, const std::string& address) {
    return estimate_memory(echo_plan(connections, address));
  };
  EXPECT_EQ(of(200, "127.0.0.1").sockets, 2 * of(100, "127.0.0.1").sockets);
  EXPECT_EQ(of(100, "::1").sockets, of(100, "127.0.0.1").sockets);
  EXPECT_EQ(of(100, "127.0.0.1").sockets, 2 * of(100, "10.0.0.1").sockets);
}

TEST(MemoryEstimate, OfPublishAndSubscribeHasTheStreamsAndWhatEachSubscriberExpects) {
  const auto base = estimate_memory(chat_plan(1, 10));
  EXPECT_GT(estimate_memory(chat_plan(100, 10)).in_flight, 50 * base.in_flight);
  // 8 bytes for each pair of a publisher and a subscriber.
  const auto pairs =
      estimate_memory(chat_plan(100, 1000)).connections - estimate_memory(chat_plan(1, 1000)).connections;
  EXPECT_GE(pairs, 99U * 1000 * 8);
  // A subscriber who keeps up: not as much as all windows together.
  EXPECT_LT(estimate_memory(chat_plan(1000, 1000)).buffers, 512 * kMiB);
}

}  // namespace
}  // namespace threadmill::load
