#include "loadgen/memory_estimate.h"

#include <algorithm>
#include <bit>

#include "loadgen/connect.h"

namespace threadmill::load {
namespace {

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = 1024 * kKiB;

// An idle pair of TCP sockets on lo takes 8.3 KB of slab (Linux 6.18: tcp_sock, socket inode, dentry, file);
// to each end come its entry in an epoll set and the hash tables'.
constexpr std::uint64_t kSocketBytes = 4608;
// The kernel charges small payloads at least with a buffer head and a cache line, large ones about twofold.
constexpr std::uint64_t kBufferHeadBytes = kKiB;
// Where the buffers of one connection stop growing: about 4 MB to send and 6 MB to receive (tcp_wmem,
// tcp_rmem).
constexpr std::uint64_t kMostBufferBytes = 10 * kMiB;
// A subscriber who keeps up leaves no more than this in flight, however large the windows of all publishers
// are.
constexpr std::uint64_t kSubscriberBufferBytes = 256 * kKiB;
// What a slow reader leaves unread: its own small buffer, and the server's for it.
constexpr std::uint64_t kSlowReaderBufferBytes = 128 * kKiB;
// What makes a half-open peer vanish: a filter of its own is a page, and up to 2.2 KB of slab (Linux 6.18).
constexpr std::uint64_t kFilterBytes = 6 * kKiB;

constexpr std::uint64_t kConnectionBytes = kKiB;  // what we promise to stay below
constexpr std::uint64_t kBystanderBytes = 64;
constexpr std::uint64_t kRequestBytes = 16;       // of one request in the ring of a connection
constexpr std::uint64_t kPublicationBytes = 48;   // besides its bytes: where and when it came, who has it
constexpr std::uint64_t kExpectedBytes = 8;       // what a subscriber expects of one publisher
constexpr std::uint64_t kThreadBytes = 4 * kMiB;  // histograms of 220 KB, buffers, events, stack
constexpr std::uint64_t kProgramBytes = 16 * kMiB;

std::uint64_t buffers_of(std::uint64_t bytes_in_flight, std::uint64_t most) {
  return std::min(kBufferHeadBytes + 2 * bytes_in_flight, most);
}

void add_requests(MemoryEstimate& estimate, const Plan& plan) {
  const std::uint64_t pipeline = plan.requests.pipeline;
  estimate.buffers += plan.connections() * buffers_of(pipeline * plan.message_bytes, kMostBufferBytes);
  estimate.in_flight += plan.connections() * std::bit_ceil(pipeline) * kRequestBytes;
}

void add_publications(MemoryEstimate& estimate, const Plan& plan) {
  const auto& load = plan.pubsub;
  const std::uint64_t ring = std::bit_ceil(std::uint64_t{load.window});
  const std::uint64_t to_a_topic = (load.publishers + load.topics - 1) / load.topics;
  const std::uint64_t to_a_subscriber = to_a_topic * load.window * plan.message_bytes;
  estimate.buffers +=
      load.publishers * buffers_of(std::uint64_t{load.window} * plan.message_bytes, kMostBufferBytes);
  estimate.buffers += load.subscribers * buffers_of(to_a_subscriber, kSubscriberBufferBytes);
  estimate.connections += load.subscribers * to_a_topic * kExpectedBytes;
  // Every thread with a subscriber of a topic keeps the topic's stream.
  const std::uint64_t streams_of_a_topic =
      std::min<std::uint64_t>(plan.threads, (load.subscribers + load.topics - 1) / load.topics);
  const std::uint64_t slots = std::bit_ceil(to_a_topic * ring);
  estimate.in_flight += load.topics * streams_of_a_topic * slots * (plan.message_bytes + kPublicationBytes);
  estimate.in_flight += load.publishers * ring * kRequestBytes;
}

void add_bystanders(MemoryEstimate& estimate, const BystanderLoad& bystanders, std::uint64_t ends) {
  estimate.sockets += bystanders.total() * ends * kSocketBytes;
  estimate.sockets += bystanders.half_open * kFilterBytes;
  estimate.buffers += bystanders.slow_readers * kSlowReaderBufferBytes;
  estimate.connections += bystanders.total() * kBystanderBytes;
  if (bystanders.total() > 0) estimate.threads += kThreadBytes;
}

}  // namespace

MemoryEstimate estimate_memory(const Plan& plan) {
  const std::uint64_t ends = is_loopback(plan.target) ? 2 : 1;
  MemoryEstimate estimate;
  estimate.sockets = plan.connections() * ends * kSocketBytes;
  estimate.connections = plan.connections() * kConnectionBytes;
  estimate.threads = kProgramBytes + plan.threads * kThreadBytes;
  if (plan.is_pubsub()) {
    add_publications(estimate, plan);
  } else {
    add_requests(estimate, plan);
  }
  add_bystanders(estimate, plan.bystanders, ends);
  return estimate;
}

}  // namespace threadmill::load
