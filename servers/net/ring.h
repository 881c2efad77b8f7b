#pragma once
// A ring of io_uring: requests go to the kernel through one queue in shared memory, completions come back
// through another.

#include <liburing.h>

#include <cstdint>
#include <optional>
#include <string>

namespace threadmill::servers {

/// Whose requests a ring carries.
class RingUser {
 public:
  virtual ~RingUser() = default;
  /// `tag` says which of its requests this is of; `result` and `flags` are those of io_uring_cqe: with
  /// IORING_CQE_F_MORE in them the request goes on and will complete again.
  virtual void on_completion(unsigned tag, int result, std::uint32_t flags) = 0;
};

/// A user lives until its last request has completed.
class Ring {
 public:
  /// Throws std::system_error with a remedy in its text.
  Ring();
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  /// Why this machine has none to give; empty when it has.
  static std::string missing();

  /// Nothing is submitted before. From then on, until end(), the ring belongs to the calling thread. Throws
  /// std::system_error.
  void begin();
  void end();

  /// A request to be filled in by one of io_uring_prep_*() and then signed. What it points at stays where it
  /// is until the next wait(), and the bytes to be sent until they are. When the queue is full, what it holds
  /// is submitted.
  io_uring_sqe* request();

  /// Says whose request it is. Tags are below 8.
  static void sign(io_uring_sqe* request, RingUser& user, unsigned tag) {
    io_uring_sqe_set_data64(request, signature(user, tag));
  }
  /// Of a request that nobody wants to hear of.
  static void sign_off(io_uring_sqe* request) { io_uring_sqe_set_data64(request, 0); }

  /// Asks the kernel to end a request early. It still completes, with ECANCELED unless something came first.
  void cancel(RingUser& user, unsigned tag);

  /// Submits what is waiting and waits for a completion, at the latest until then, on the monotonic clock.
  void wait(std::optional<std::int64_t> until_ns);

  /// Whether what requests point at may go.
  bool all_submitted() const { return io_uring_sq_ready(&ring_) == 0; }

  /// Hands completions that have come to their users, as many as make one turn.
  void deliver();

  /// The result of a request of `user` if it has come: its completion is not handed over then.
  std::optional<int> take_result(RingUser& user, unsigned tag);

  /// For what liburing asks of a ring.
  io_uring* raw() { return &ring_; }

 private:
  static std::uint64_t signature(RingUser& user, unsigned tag) {
    return reinterpret_cast<std::uintptr_t>(&user) | tag;
  }

  io_uring ring_{};
};

}  // namespace threadmill::servers
