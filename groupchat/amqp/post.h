#pragma once
// Sends messages so that none is lost on its way: each waits here until the broker has confirmed it.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "groupchat/amqp/broker.h"
#include "groupchat/topology.h"
#include "groupchat/unconfirmed.h"

namespace threadmill::groupchat {

class Connection;

struct PostLimits {
  /// Messages that may await their confirmation. More hide the time that each takes, and are sent again
  /// together after a crash of the broker. Receivers remember far more ids (HistoryLimits::ids).
  std::size_t window = 256;
  /// Between two attempts to connect anew.
  std::chrono::milliseconds retry_every{200};
};

/// Messages are persistent, and sent again with the same id where the connection is lost before the broker
/// has confirmed them (so they may come twice: a receiver knows them by their id). They are kept in memory:
/// what is not confirmed when this process ends may be lost. Used by one thread.
class Post {
 public:
  /// Connects. Throws BrokerError where that fails; once it has succeeded, a lost connection is no error.
  explicit Post(BrokerAddress address, PostLimits limits = {}, QueueLimits queues = {});
  ~Post();
  Post(const Post&) = delete;
  Post& operator=(const Post&) = delete;

  bool full() const { return unconfirmed_.full(); }
  std::size_t unconfirmed() const { return unconfirmed_.size(); }
  /// Takes it to be sent by the next turn(). Throws BadMessage, and std::length_error where it is full.
  void send(Message message);
  /// Connects if need be, publishes what is due, and waits so long for answers, until the first ones.
  std::vector<Outcome> turn(std::chrono::milliseconds wait);

  /// Readable when turn() has something to do; -1 while there is no connection.
  int fd() const;
  /// Why there is no connection; "" while there is one.
  const std::string& trouble() const { return trouble_; }
  /// How many messages were published again after a lost connection.
  std::uint64_t published_again() const { return published_again_; }

 private:
  void connect();
  void connect_if_due();
  void publish_due();
  void publish(const Message& message);
  void read_answers(std::chrono::milliseconds wait, std::vector<Outcome>& outcomes);
  void lose_connection(const BrokerError& error);

  BrokerAddress address_;
  PostLimits limits_;
  QueueLimits queues_;
  Unconfirmed unconfirmed_;
  std::unique_ptr<Connection> connection_;  // none while the broker is away
  std::string trouble_;
  std::chrono::steady_clock::time_point next_attempt_;
  std::uint64_t published_again_ = 0;
};

}  // namespace threadmill::groupchat
