// Model `io-uring`: a ring for each CPU; the kernel hands it what it has done, instead of what could be done.
//
//   clients ──> kernel: accepts, receives into buffers that all connections of a ring share
//                  │ completions                             ▲ requests to send
//                  ▼                                         │
//               [ take completions ──> session ──> outbox ──> one submit a turn ]  ...  [ the same ]
//                  thread 1           mailbox <── letters ──> mailbox               thread N
//
// Who accepts: the kernel, for one request to each ring that goes on for ever, from a listening socket of
// that ring (SO_REUSEPORT). Who reads: the kernel, for one such request per connection, into a buffer that it
// takes when bytes are there. Who writes: the kernel, asked once a turn for all outboxes together; a
// connection has one request to send at a time, and its bytes stay where they are meanwhile. Shared: within a
// ring nothing; between rings the mailboxes, each behind its lock, which ring has members of what (a
// readers-writer lock), and the chat rooms (a lock). What wakes whom: a completion wakes the ring's thread,
// which submits and waits with the same system call; a letter wakes the ring that it is for, through an
// eventfd.
//
// Choose it when: system calls are a large part of the work: many connections that each send little.
// Not when: the kernel is older than 6.0, or forbids io_uring, as many containers do; or transfers are large:
// copying costs the same.
// How it fails: a handler that takes long holds up all clients of its ring. Where buffers run out, receiving
// pauses until some come back. The kernel accepts all who wait at once, so a storm of clients comes in one
// turn. Who has connected to one ring's socket waits for that ring, though another may be idle.
// Source: io_uring_setup(2), io_uring_enter(2), io_uring_prep_recv_multishot(3); J. Axboe, Efficient IO with
// io_uring (2019).

#include "servers/net/ring.h"
#include "servers/net/ring_shards.h"
#include "servers/registry.h"

namespace threadmill::servers {

ServeCounts serve_io_uring(Listener& listener, const Service& service, const ServeOptions& options,
                           const StopToken& stop) {
  return serve_in_rings(options.workers, listener, service, options, stop);
}

std::string io_uring_missing() { return Ring::missing(); }

}  // namespace threadmill::servers
