// Model `broker`: an event loop with a queue for each topic.
//
//   publishers ──> [ epoll_wait ──> read ──> session ──> queue of the topic ]
//   subscribers <── [ end of turn: each queue is one shared batch ──> write ]
//
// Who accepts, reads and writes: the loop, one thread. Shared: nothing. What differs from `epoll`: a message
// is encoded once into its topic's batch, and a subscriber costs one write per turn instead of one per
// message. What wakes it: the kernel, as it wakes `epoll`.
//
// --distribute has the other two ways of its source, so that all else is equal: with `broadcast` the loop
// writes each message to each subscriber in turn; with `writers` each subscriber has a thread that writes,
// from a bounded queue behind a lock, and the loop only reads and hands over.
//
// --loops N: N such loops, each with the clients that come to it and their subscriptions; a batch goes to
// each other loop with subscribers in one letter to its mailbox. Shared then: the mailboxes, and which loop
// has members of what; and the chat rooms, behind a lock.
//
// --cluster: what clients do to topics goes through a log that several such servers share before anybody
// hears of it: a turn's publications are one entry, the next one leaves when that is back out of the log, and
// what comes out is queued for the subscribers as above. Who published is read on once it is answered.
//
// Choose it when: many subscribers hear the same messages: what is published in a turn is encoded once, held
// once and written to each subscriber in one piece, so that the load makes the batches larger.
// Not when: each message has to leave the moment that it came, before others of its turn are read; nor for
// answers to single requests, where there is nothing to put together and it is `epoll` with a detour.
// How it fails: as `epoll` does, all together. A subscriber that does not read is cut off, or loses messages,
// once its outbox is full (--slow-consumer); batches make that limit come in larger steps. Of several loops
// one that fails ends them all.
// In a cluster: without a majority of the log's servers nothing is published, and who tries is told so.
// Source: the third way of distributing in 003_53b9d1731df8acb3 ("broker").

#include "servers/cluster/log_in_loop.h"
#include "servers/core/batch_fanout.h"
#include "servers/core/local_fanout.h"
#include "servers/core/service.h"
#include "servers/journal/kept_lobby.h"
#include "servers/net/loop_acceptor.h"
#include "servers/net/loop_shards.h"
#include "servers/registry.h"

namespace threadmill::servers {

namespace {

ShardPlan broker_plan(const ServeOptions& options) {
  const bool hands_off = options.sharding == Sharding::handoff;
  return {.loops = options.loops,
          .acceptance = hands_off ? Acceptance::first_loop : Acceptance::each_loop,
          .batches = options.distribution == Distribution::batch};
}

/// What waits in queues goes out where the loop flushes.
void flush_queues(BatchFanout& queues, EventLoop& loop) {
  if (queues.waiting() == 1) loop.write_through();
  queues.flush();
}

/// There are no rooms: who is in them is known to one server only.
ServeCounts serve_in_cluster(Listener& listener, const Service& service, const ServeOptions& options,
                             const StopToken& stop) {
  LocalFanout topics;
  BatchFanout queues(topics, batch_limit_bytes(options));
  LogInLoop log(*options.replicated_log, queues, options.events.get());
  EventLoop loop(options);
  log.start(loop);
  loop.before_flush([&] {
    flush_queues(queues, loop);
    log.send();
  });
  ServeCounts counts = serve_in_loop(loop, listener, service, queues, options, stop);
  counts.log = log.counts();
  return counts;
}

}  // namespace

ServeCounts serve_broker(Listener& listener, const Service& service, const ServeOptions& options,
                         const StopToken& stop) {
  if (options.replicated_log != nullptr) return serve_in_cluster(listener, service, options, stop);
  if (options.loops > 1) return serve_in_shards(broker_plan(options), listener, service, options, stop);
  LocalFanout topics;
  BatchFanout queues(topics, batch_limit_bytes(options));
  // Only batches wait in a queue.
  Fanout& fanout = options.distribution == Distribution::batch ? static_cast<Fanout&>(queues) : topics;
  KeptLobby rooms(options, fanout, Commit::in_turn);
  fanout.lead_to(rooms.lobby());
  EventLoop loop(options);
  loop.before_flush([&] { flush_queues(queues, loop); });
  if (rooms.keeps()) loop.before_write([&] { rooms.commit(); });
  return serve_in_loop(loop, listener, service, fanout, options, stop);
}

}  // namespace threadmill::servers
