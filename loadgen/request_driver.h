#pragma once
// What every protocol of requests and answers has in common: when to send on which connection, what is under
// way, and how long it took.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "loadgen/driver.h"
#include "loadgen/engine.h"
#include "loadgen/pacer.h"
#include "loadgen/plan.h"

namespace threadmill::load {

/// Requests, numbered from 0 on each connection, with at most `pipeline` of them under way there. In a closed
/// loop an answer makes the next one due, at once or after a time to think. In an open loop the schedule
/// does: a request that is due leaves on the connection that has had a free place for longest, and where no
/// connection has one it waits for the first that gets one. A protocol derives from this and only knows
/// bytes. All requests have the same size.
class RequestDriver : public Driver {
 public:
  /// How many of the plan's connections thread `thread` has.
  static std::size_t connections_of(const Plan& plan, std::size_t thread);

  void on_connected(std::size_t connection) final;
  void on_readable(std::size_t connection) final;
  void on_writable(std::size_t connection) final { push(connection); }
  void on_turn_end(bool) final {}
  std::int64_t next_due_ns() const noexcept final;
  void on_due(std::int64_t now_ns) final;
  void begin(const Phase& phase) final;
  void stop_sending() final;
  bool finished() const final { return busy_ == 0 && (over_ || to_send_ == 0); }
  bool awaits_answers() const final { return busy_ > 0; }
  std::uint64_t in_flight() const final { return busy_; }
  void close_books(bool stalled) final;

 protected:
  struct Client {
    std::uint64_t next = 0;          // sequence of the next request to begin
    std::uint64_t answered = 0;      // every request below is settled
    std::uint64_t stop_at = 0;       // sequence at which the phase ends
    std::uint64_t leave_at = 0;      // sequence at which the connection is left and made anew
    std::uint64_t sending = 0;       // request that is partly sent; next: none
    std::size_t sent_part = 0;       // bytes of it that were sent
    std::int64_t free_since_ns = 0;  // it has a place, and the schedule may fill it
    std::uint32_t in_flight = 0;
    std::uint32_t life = 0;  // how often it was connected anew
    bool free = false;       // it is in free_
    bool forgotten = false;  // lost; its requests in flight no longer count as busy
  };

  RequestDriver(const Plan& plan, std::size_t thread, Engine& engine, std::size_t request_bytes);

  // For the protocol to say.

  /// Writes bytes [offset, offset + count) of a request.
  virtual void write(char* to, std::size_t connection, std::uint64_t sequence, std::size_t offset,
                     std::size_t count) const = 0;
  /// Takes bytes that came, and says answer() or settle() for each request that they settle.
  virtual void take(std::size_t connection, const char* bytes, std::size_t size, std::int64_t now_ns) = 0;
  /// Whether a part of an answer has come, and not the rest.
  virtual bool in_mid_answer(std::size_t connection) const = 0;
  /// The connection was left, and another is made in its place.
  virtual void left(std::size_t connection) = 0;

  // For the protocol to use.

  Engine& engine() noexcept { return engine_; }
  const Client& client(std::size_t connection) const { return clients_[connection]; }
  /// Its number in the whole run.
  std::uint64_t number_of(std::size_t connection) const { return connection * threads_ + thread_; }
  bool under_way(std::size_t connection, std::uint64_t sequence) const {
    return sequence >= clients_[connection].answered && sequence < clients_[connection].next &&
           sent_at_[slot(connection, sequence)] != kSettled;
  }
  /// A request was answered as it should be: its times count.
  void answer(std::size_t connection, std::uint64_t sequence, std::int64_t now_ns);
  /// A request has had its answer, right or wrong. It must be under way.
  void settle(std::size_t connection, std::uint64_t sequence, std::int64_t now_ns);

 private:
  static constexpr std::int64_t kSettled = -1;

  /// The connections with a free place, the one that has had it for longest first. Each at most once.
  class FreeConnections {
   public:
    explicit FreeConnections(std::size_t connections) : ring_(connections + 1) {}
    bool empty() const { return first_ == end_; }
    void push(std::size_t connection) {
      ring_[end_] = static_cast<std::uint32_t>(connection);
      end_ = end_ + 1 == ring_.size() ? 0 : end_ + 1;
    }
    std::size_t pop() {
      const std::size_t connection = ring_[first_];
      first_ = first_ + 1 == ring_.size() ? 0 : first_ + 1;
      return connection;
    }

   private:
    std::vector<std::uint32_t> ring_;
    std::size_t first_ = 0;
    std::size_t end_ = 0;
  };

  std::size_t slot(std::size_t connection, std::uint64_t sequence) const {
    return connection * ring_ + (sequence & (ring_ - 1));
  }
  bool has_place(std::size_t connection) const;
  void resume(std::size_t connection, std::int64_t now_ns);
  void fill_pipeline(std::size_t connection);
  void offer(std::size_t connection, std::int64_t now_ns);
  void begin_request(std::size_t connection, std::int64_t due_ns);
  void send_due(std::size_t connection, std::int64_t due_ns, std::int64_t possible_ns, std::int64_t now_ns);
  void send_arrivals(std::int64_t now_ns);
  void send_after_thought(std::int64_t now_ns);
  void end_phase();
  void push(std::size_t connection);
  void leave_if_done(std::size_t connection);
  void forget_if_lost(std::size_t connection);
  void begin_anew(std::size_t connection);

  Engine& engine_;
  std::size_t threads_;
  std::size_t thread_;
  std::uint32_t pipeline_;
  std::uint64_t messages_per_connection_;  // 0: a connection stays
  std::size_t request_bytes_;
  std::uint64_t ring_;
  std::vector<Client> clients_;
  std::vector<std::int64_t> sent_at_;  // of requests in flight; kSettled: already answered
  std::vector<std::int64_t> due_at_;  // the same, when they should have left; empty where an answer says when
  std::vector<char> out_;
  std::vector<char> in_;
  Phase phase_;
  Pacer pacer_;
  FreeConnections free_;       // open loop
  bool over_ = true;           // nothing new is sent
  std::uint64_t busy_ = 0;     // requests in flight on open connections
  std::uint64_t to_send_ = 0;  // requests of the phase that were not begun, on open connections
};

}  // namespace threadmill::load
