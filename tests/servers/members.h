#pragma once
// Stand-ins for connections.

#include <string>

#include "servers/core/fanout.h"
#include "servers/core/outbox.h"

namespace threadmill::servers {

/// Keeps what it is given, and in how many pieces.
class RecordingMember : public Member {
 public:
  void deliver(const SharedPublication& publication) override {
    received += publication->bytes;
    last = publication;
    ++deliveries;
  }
  std::string received;
  SharedPublication last;
  int deliveries = 0;
};

/// A member whose publications go to an outbox, as a connection's do.
class OutboxMember : public Member {
 public:
  explicit OutboxMember(Outbox& outbox) : outbox_(outbox) {}
  void deliver(const SharedPublication& publication) override { outbox_.push(publication); }

 private:
  Outbox& outbox_;
};

/// Takes all that waits in an outbox.
inline std::string drain(Outbox& outbox) {
  std::string text;
  iovec slots[4];
  while (!outbox.empty()) {
    std::size_t taken = 0;
    const std::size_t used = outbox.gather(slots);
    for (std::size_t i = 0; i < used; ++i) {
      text.append(static_cast<const char*>(slots[i].iov_base), slots[i].iov_len);
      taken += slots[i].iov_len;
    }
    outbox.consume(taken);
  }
  return text;
}

}  // namespace threadmill::servers
