#pragma once
// What other event loops have for one event loop.

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "os/descriptor.h"
#include "servers/core/publication.h"

namespace threadmill::servers {

/// A publication for the members that a topic has in the receiving loop.
struct Letter {
  std::string topic;
  SharedPublication publication;
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
  static void wake_senders(const std::vector<Mailbox*>& senders);

  const std::size_t limit_bytes_;
  const os::Descriptor wake_;
  std::mutex mutex_;  ///< guards what follows
  Mail mail_;
  std::size_t waiting_bytes_ = 0;
  std::vector<Mailbox*> refused_;  ///< senders to be woken
  bool is_woken_ = false;          ///< wake_ is readable
  bool closed_ = false;
};

}  // namespace threadmill::servers
