#pragma once
// Connections over the loopback as a server has them under load: peers on another CPU send, it answers.

#include <atomic>
#include <cstddef>
#include <span>
#include <thread>
#include <vector>

#include "os/descriptor.h"

namespace threadmill::primitives {

/// Both ends of some connections. Peers live in a thread of their own, on their own CPU, and do what they are
/// told by the thread that made it. They wait awake, as the load generator does: nobody has to wake them.
class TcpTurns {
 public:
  /// Throws std::system_error.
  TcpTurns(std::size_t connections, std::size_t message_bytes);
  ~TcpTurns();
  TcpTurns(const TcpTurns&) = delete;
  TcpTurns& operator=(const TcpTurns&) = delete;

  /// The server's ends: they do not block.
  std::span<const int> sockets() const { return sockets_; }
  /// All of them, level-triggered.
  int epoll() const { return epoll_.get(); }

  /// The first `count` peers send a message each. Returns when those are there or, of messages that are
  /// larger than a socket holds, when they have begun to come.
  void let_peers_send(std::size_t count);
  /// The first `count` peers read a message each, from now on.
  void let_peers_receive(std::size_t count);
  /// Until the peers have done what they were told.
  void wait_for_peers();

  /// Each of the `count` first peers sends so many messages, the next one when the answer is there: as a
  /// closed loop does. Returns when all answers are there; meanwhile the calling thread sleeps.
  void let_peers_converse(std::size_t count, std::size_t messages);

  void receive(int socket);
  void send(int socket);

 private:
  enum class Order { none, send, receive, converse, end };
  void give(Order order, std::size_t count);
  void obey();
  void peers_send();
  void peers_receive();
  void peers_converse();

  const std::size_t message_bytes_;
  std::vector<os::Descriptor> ends_;  ///< of both sides
  std::vector<int> sockets_, peers_;
  os::Descriptor epoll_, peer_epoll_;
  std::vector<char> buffer_, peer_buffer_;
  std::vector<std::size_t> missing_;  ///< of each peer's message, in bytes
  std::size_t count_ = 0, messages_ = 0;
  std::atomic<Order> order_ = Order::none;
  std::jthread thread_;  // last: it uses the others
};

/// CPU time of the server's part in a turn: what became ready is waited for, read, and answered.
struct TurnSeconds {
  double wait = 0;
  double receive = 0;
  double send = 0;
};

/// A turn in which the first `ready` sockets, a hundred at most, become ready.
TurnSeconds take_turn(TcpTurns& turns, std::size_t ready);

}  // namespace threadmill::primitives
