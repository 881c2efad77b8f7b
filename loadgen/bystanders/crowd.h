#pragma once
// Many connections of one kind: how they begin, how they are lost, what is counted.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "loadgen/bystanders/bystander_counts.h"
#include "loadgen/connect.h"
#include "loadgen/event_loop.h"
#include "loadgen/plan.h"
#include "os/descriptor.h"

namespace threadmill::load {

/// Where a crowd's connections come from and go to.
struct CrowdPlace {
  EventLoop& loop;  ///< outlives the crowd
  Target target;
  std::uint64_t token_base;    ///< connection i has token token_base + i in the loop
  std::uint32_t first_number;  ///< connection i is connection first_number + i of the run
};

/// Base of all kinds of bystanders. A connection takes 8 bytes here. Everything in the loop's thread.
class Crowd {
 public:
  virtual ~Crowd() = default;
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  /// Begins as many connections as may be under way at once.
  void connect_more();
  /// An event of the loop for connection `index`.
  void handle(std::uint32_t index, std::uint32_t events);
  /// Whether every connection is as it is meant to be, or lost.
  bool settled() const noexcept { return settled_ == peers_.size(); }
  /// Counts what is not established yet as failed: there is no more time.
  void give_up();

  /// The load starts.
  virtual void begin(std::int64_t /*now_ns*/) {}
  /// What is measured begins now, after a warm-up.
  virtual void begin_window(std::int64_t /*now_ns*/) {}
  /// What is due at `now_ns`. Returns in how many ms it wants to be called again; -1: not for itself.
  virtual int tick(std::int64_t /*now_ns*/) { return -1; }

  /// The load is over: a last look at who was dropped. May take a second or two.
  virtual void finish() {}

  const BystanderCounts& counts() const noexcept { return counts_; }
  /// Why the first connection that failed did; empty: none did.
  const std::string& first_failure() const noexcept { return first_failure_; }

 protected:
  Crowd(const CrowdPlace& place, std::uint32_t size, const ConnectOptions& options = {});

  enum class Stage : std::uint8_t { waiting, connecting, connected, established, gone };

  /// It has just been connected.
  virtual void on_connected(std::uint32_t index) = 0;
  /// Something else than connecting; not for connections that are gone.
  virtual void on_event(std::uint32_t index, std::uint32_t events) = 0;

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(peers_.size()); }
  int fd(std::uint32_t index) const noexcept { return peers_[index].fd.get(); }
  bool is_established(std::uint32_t index) const noexcept {
    return peers_[index].stage == Stage::established;
  }
  bool is_settled(std::uint32_t index) const noexcept { return peers_[index].settled; }
  void watch(std::uint32_t index, std::uint32_t events);
  /// Counts it as established.
  void establish(std::uint32_t index);
  /// It is as it is meant to be: nothing more to wait for before the load.
  void settle(std::uint32_t index);
  /// Closes it, and counts it as dropped or, if it was never established, as failed.
  void lose(std::uint32_t index, const std::string& reason);
  /// Reads at most `most` bytes and forgets them. Returns how many; 0 also when the connection was lost.
  std::uint64_t discard_uncounted(std::uint32_t index, std::uint64_t most);
  /// The same, and counts them as read.
  std::uint64_t discard(std::uint32_t index, std::uint64_t most);
  /// Sends what the socket takes. Returns how much; 0 also when the connection was lost.
  std::size_t send(std::uint32_t index, const char* bytes, std::size_t size);

 private:
  struct Peer {
    os::Descriptor fd;
    Stage stage = Stage::waiting;
    bool settled = false;
  };
  static_assert(sizeof(Peer) <= 8, "idle connections are to cost next to nothing");

  void connect_next();
  void finish_connect(std::uint32_t index);

  static constexpr std::size_t kScratchBytes = 64 << 10;

  CrowdPlace place_;
  ConnectOptions options_;
  std::vector<Peer> peers_;
  std::uint32_t next_ = 0;     // to be begun
  std::uint32_t pending_ = 0;  // connecting
  std::size_t settled_ = 0;
  BystanderCounts counts_;
  std::string first_failure_;
  std::unique_ptr<char[]> scratch_;  // for what nobody looks at
};

}  // namespace threadmill::load
