#pragma once
// What other event loops have for one event loop.

#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "os/descriptor.h"
#include "servers/core/publication.h"

namespace threadmill::servers {

class Member;

/// A publication for the members that a topic has in the receiving loop, or for some members of that loop.
struct Letter {
  std::string topic;  ///< empty where `to` says to whom
  SharedPublication publication;
  /// Whoever posts to a member sees to it that none comes after it has left (SharedLobby).
  std::vector<Member*> to{};
};

/// What a mailbox held, each kind in the order in which it was posted.
struct Mail {
  std::vector<Letter> letters;
  std::vector<os::Descriptor> sockets;  ///< connected and non-blocking: to be served from now on
};

/// Many senders, one receiver, bounded. Everything posted until the receiver looks is one wake-up. Two loops
/// may send to each other without a deadlock: who finds a mailbox full is woken, by its own, when there is
/// room again, and empties its own meanwhile (see ShardFanout).
class Mailbox {
 public:
  /// `limit_bytes` bounds what waits: topics, publications and an allowance for each letter. One letter
  /// always finds room. Throws std::system_error.
  explicit Mailbox(std::size_t limit_bytes);

  // Any thread:

  enum class Posted {
    taken,
    full,    ///< `sender` will be woken when it is worth another try
    closed,  ///< nobody reads it any more
  };
  Posted post(std::string_view topic, const SharedPublication& publication, Mailbox& sender);

  /// Takes all of `letters`, which it empties, whatever the limit; closed, it forgets them. For a sender that
  /// must not wait where it posts, and has asked has_room() before.
  void post_all(std::vector<Letter>& letters);
  /// False when it is full; then `sender` will be woken when it is worth another try.
  bool has_room(Mailbox& sender);

  /// Hands a socket over; false, and the socket stays, when nobody reads the mailbox any more. How many may
  /// wait is bounded by the limit of connections, which counts them.
  bool post(os::Descriptor& socket);

  // The receiving loop:

  /// Readable when mail waits or a full mailbox elsewhere has room again, until acknowledge().
  int fd() const { return wake_.get(); }
  void acknowledge();

  /// Takes all that waits; `mail` is empty before. False when there is none.
  bool take(Mail& mail);

  /// From now on everything posted is refused; what waits is forgotten.
  void close();

  /// Makes fd() readable. Any thread.
  void wake();

 private:
  /// For callers that hold the lock.
  void wake_receiver();
  void remember_refused(Mailbox& sender);
  static void wake_senders(const std::vector<Mailbox*>& senders);

  const std::size_t limit_bytes_;
  const os::Descriptor wake_;
  std::mutex mutex_;  ///< guards what follows
  Mail mail_;
  std::atomic<std::size_t> waiting_bytes_ = 0;  ///< written under the lock
  std::vector<Mailbox*> refused_;               ///< senders to be woken
  bool is_woken_ = false;                       ///< wake_ is readable
  bool closed_ = false;
};

/// For the time in which a loop runs: nobody waits for one that has ended.
struct ClosedAtTheEnd {
  ~ClosedAtTheEnd() { mailbox.close(); }
  Mailbox& mailbox;
};

}  // namespace threadmill::servers
