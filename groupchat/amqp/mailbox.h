#pragma once
// Receives a user's messages from the inboxes, each until it is acknowledged.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "groupchat/amqp/broker.h"
#include "groupchat/topology.h"

namespace threadmill::groupchat {

class Connection;

struct MailboxLimits {
  /// Messages of each inbox that the broker gives before the first of them is acknowledged. More hide the
  /// time that each takes; as many come again after a crash.
  std::uint16_t prefetch = 64;
  /// Between two attempts to connect anew.
  std::chrono::milliseconds retry_every{200};
};

/// A message as it came; what it says is not checked yet.
struct Delivery {
  std::string body;
  bool redelivered = false;            ///< it was delivered before, to this reader or another one
  std::int64_t deliveries_before = 0;  ///< which came to no acknowledgement, as the broker counts
  std::uint64_t tag = 0;               ///< for the Mailbox
  std::uint64_t connection = 0;        ///< for the Mailbox
};

/// Several may read the same inbox: each message goes to one of them. A lost connection is made anew; what
/// was not acknowledged on it is delivered again. Used by one thread.
class Mailbox {
 public:
  /// Connects, and makes the inboxes of these kinds where they are not there yet. Throws BrokerError where
  /// that fails; once it has succeeded, a lost connection is no error.
  Mailbox(BrokerAddress address, std::string user, std::vector<Kind> kinds, MailboxLimits limits = {},
          QueueLimits queues = {});
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// The next message, if one comes within that time; connects if need be.
  std::optional<Delivery> take(std::chrono::milliseconds wait);

  /// It has been read and shall not come again. Of a delivery on a connection that was lost, all three do
  /// nothing: the broker delivers it again.
  void acknowledge(const Delivery& delivery);
  /// It could not be dealt with: it comes again, to this reader or another one, and becomes a dead letter
  /// where that happens too often (QueueLimits::redeliveries).
  void give_back(const Delivery& delivery);
  /// Nobody will ever be able to deal with it: it becomes a dead letter at once.
  void refuse(const Delivery& delivery);

  /// From now on the group's messages come to the inbox, also while nobody reads it; until leave(). Throw
  /// BrokerError.
  void join(std::string_view group);
  void leave(std::string_view group);

  /// How many messages of that kind waited when the connection was made, as far as the broker knew: one that
  /// has just started says 0 until the queue has its leader.
  std::uint32_t waiting(Kind kind) const { return waiting_[static_cast<std::size_t>(kind)]; }
  /// Readable when take() has something to do; -1 while there is no connection. take() may have more when
  /// it is not readable: until it gives nothing.
  int fd() const;
  /// Why there is no connection; "" while there is one.
  const std::string& trouble() const { return trouble_; }

 private:
  void connect();
  void connect_if_due();
  std::optional<Delivery> next_delivery(std::chrono::milliseconds wait);
  void read_notice();
  Connection& connected(std::string_view doing);
  bool is_current(const Delivery& delivery) const;
  void reject(const Delivery& delivery, bool again);
  void check_binding(std::string_view doing);
  void lose_connection(const BrokerError& error);

  BrokerAddress address_;
  std::string user_;
  std::vector<Kind> kinds_;
  MailboxLimits limits_;
  QueueLimits queues_;
  std::unique_ptr<Connection> connection_;  // none while the broker is away
  std::uint64_t connections_ = 0;
  std::uint32_t waiting_[std::size(kKinds)] = {};
  std::string trouble_;
  std::chrono::steady_clock::time_point next_attempt_;
};

}  // namespace threadmill::groupchat
