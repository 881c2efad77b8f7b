#pragma once
// What all threads of a server share, and how the session of one connection reaches it.

#include <atomic>
#include <memory>
#include <mutex>

#include "servers/core/batch_fanout.h"
#include "servers/core/locked_fanout.h"
#include "servers/core/service.h"
#include "servers/counts.h"
#include "servers/journal/kept_lobby.h"
#include "servers/net/listener.h"
#include "servers/options.h"

namespace threadmill::servers {

struct SharedByThreads {
  const Service& service;
  const ServeOptions& options;
  LockedFanout topics{};
  std::atomic<std::uint64_t> slow_disconnected{0};
  std::atomic<std::uint64_t> deliveries_dropped{0};
  std::mutex rooms_mutex{};  ///< taken with no connection's lock held: it delivers under it
  KeptLobby rooms{options, topics, Commit::at_once};

  ServeCounts counts(const Listener& listener) const {
    return {listener.accepted(), listener.refused(), slow_disconnected, deliveries_dropped};
  }
};

/// Lets go of a connection's lock while its session uses the shared table: a publisher that holds the table
/// waits for this lock, so holding both would be a deadlock.
class UnlockedFanout : public Fanout {
 public:
  UnlockedFanout(Fanout& shared, std::mutex& mutex) : shared_(shared), mutex_(mutex) {}
  void join(std::string_view topic, Member& member) override;
  void leave(std::string_view topic, Member& member) override;
  std::size_t publish(std::string_view topic, Publication publication) override;
  std::size_t member_count(std::string_view topic) override;
  std::vector<std::string> topics() override;

 private:
  Fanout& shared_;
  std::mutex& mutex_;
};

/// The lobby, as one connection's session reaches it: locked, and letting go of the connection's lock
/// meanwhile.
class UnlockedRooms : public Rooms {
 public:
  UnlockedRooms(SharedByThreads& shared, std::mutex& mutex, BatchFanout& batching)
      : shared_(shared), mutex_(mutex), batching_(batching) {}
  std::string run(Member& member, std::span<const std::string_view> words) override;
  void leave(Member& member, Departure how) override;

 private:
  SharedByThreads& shared_;
  std::mutex& mutex_;
  BatchFanout& batching_;
};

/// The session of a connection that other threads deliver to. `mutex` is the connection's: held while the
/// session is opened, runs, flushes and is destroyed, and let go of where it reaches the others.
class UnlockedSession {
 public:
  UnlockedSession(SharedByThreads& shared, Member& self, std::mutex& mutex);

  Session& operator*() { return *session_; }
  Session* operator->() { return session_.get(); }

  /// --flush tick: what a run of the session published is one piece for each topic, handed over by flush().
  bool batches() const { return batches_; }
  void flush() { batching_.flush(); }

 private:
  const bool batches_;
  UnlockedFanout unlocked_;
  BatchFanout batching_;
  UnlockedRooms rooms_;
  std::unique_ptr<Session> session_;
};

}  // namespace threadmill::servers
