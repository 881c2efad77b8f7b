#pragma once
// One connection that has a thread or a process to itself.

#include <functional>
#include <mutex>

#include "servers/core/outbox.h"
#include "servers/core/session.h"

namespace threadmill::servers {

/// Reads, answers and waits for each in turn, until the peer ends. For services whose connections only
/// answer, so that nothing but the socket has to be waited for. `socket` blocks.
void serve_requests(int socket, Session& session, Outbox& outbox);

/// Where a connection hears of what others published.
class PublicationSource {
 public:
  virtual ~PublicationSource() = default;
  /// Readable when there is something to hear.
  virtual int fd() const = 0;
  /// Called when fd() is readable, without the connection's lock; false ends the connection.
  virtual bool on_readable() = 0;
};

/// A connection that answers requests and receives publications.
struct PublicationConnection {
  int socket;
  Session& session;
  Outbox& outbox;
  /// Guards `outbox`; held while the session runs, but not within its calls of a fan-out that lets go of it
  /// (thread's UnlockedFanout): then publications may enter `outbox` in the middle of a session's run, which
  /// is why a session hands over what it has said before it joins or leaves.
  std::mutex& mutex;
  PublicationSource& source;
  std::function<void()> after_bytes;  ///< called without the lock after each run of the session; may be empty
};

/// Waits for the socket and the source until the peer ends, the source ends or the outbox overflows. While
/// the socket takes no more, neither is read: what is published piles up with the publisher, where its limit
/// is.
void serve_with_publications(const PublicationConnection& connection);

}  // namespace threadmill::servers
