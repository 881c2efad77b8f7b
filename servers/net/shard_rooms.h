#pragma once
// The chat rooms of several event loops.

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "servers/core/rooms.h"
#include "servers/journal/kept_lobby.h"
#include "servers/net/shard_fanout.h"

namespace threadmill::servers {

class ShardRooms;

/// The one lobby, behind a lock. Whoever holds the lock waits for nobody but the journal's disk: what the
/// lobby tells is only written down under it. Letters to members in other loops are posted before it is
/// given back, so that all hear of things in the order in which the lobby settled them; everything else
/// follows without it. A loop takes its mail under the lock too, before it asks anything: so when the lobby
/// lets a member go, no letter to it is left.
class SharedLobby {
 public:
  /// All outlive it.
  SharedLobby(const ServeOptions& options, ShardGroup& group);

  bool keeps() const { return rooms_.keeps(); }

  /// Makes sure of what was accepted so far (KeptLobby::commit()). Any thread.
  void commit();

 private:
  friend class ShardRooms;

  /// A member as the lobby knows it: what it is told is written down.
  class Resident : public Member {
   public:
    Resident(SharedLobby& owner, std::size_t loop, Member& member)
        : owner_(owner), loop_(loop), member_(member) {}
    void deliver(const SharedPublication& publication) override { owner_.tell(*this, publication); }

    SharedLobby& owner_;
    const std::size_t loop_;
    Member& member_;
  };

  /// What the lobby publishes to those who watch a room's topic, written down.
  class Notebook : public Fanout {
   public:
    explicit Notebook(ShardGroup& group) : group_(group) {}
    void join(std::string_view, Member&) override {}
    void leave(std::string_view, Member&) override {}
    std::size_t publish(std::string_view topic, Publication publication) override;
    std::size_t member_count(std::string_view topic) override { return group_.directory.find(topic).count; }
    std::vector<std::string> topics() override { return group_.directory.topics(); }

    using Entries = std::vector<std::pair<std::string, Publication>>;
    Entries entries;

   private:
    ShardGroup& group_;
  };

  void tell(Resident& resident, const SharedPublication& publication);

  ShardGroup& group_;
  std::mutex mutex_;  ///< guards what follows
  Notebook published_;
  std::vector<std::vector<Letter>> told_;  ///< for each loop, in order
  KeptLobby rooms_;
  std::atomic<bool> uncommitted_ = false;  ///< written under the lock
};

/// The lobby as the sessions of one loop reach it. Used from its loop's thread.
class ShardRooms : public Rooms {
 public:
  /// `topics` is how sessions of this loop publish, by way of `mail`. All outlive it.
  ShardRooms(SharedLobby& shared, std::size_t loop, ShardFanout& mail, Fanout& topics)
      : shared_(shared), loop_(loop), mail_(mail), topics_(topics) {}

  std::string run(Member& member, std::span<const std::string_view> words) override;
  void leave(Member& member, Departure how) override;

 private:
  using Resident = SharedLobby::Resident;

  /// Does `ask(lobby)` under the lock, and then hands over what came of it.
  template <typename Ask>
  void in_lobby(Ask ask);

  SharedLobby& shared_;
  const std::size_t loop_;
  ShardFanout& mail_;
  Fanout& topics_;
  std::unordered_map<const Member*, std::unique_ptr<Resident>> residents_;
  std::vector<Letter> told_here_;  ///< empty between calls; kept for its room
};

}  // namespace threadmill::servers
