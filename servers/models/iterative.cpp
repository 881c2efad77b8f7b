// Model `iterative`: one process, one thread, one client at a time.
//
//   listener ──> [ accept ──> read ──> session ──> write, until the client leaves ] ──> accept the next
//   the others: wait in the queue of the listener, which the kernel keeps
//
// Who accepts, reads and writes: the one thread. Shared: nothing. What wakes it: the kernel, for its one
// client or for the next one. A publication reaches nobody but its publisher, as nobody else is there; rooms
// keep their history from one client to the next.
//
// Choose it when: each client is served in a moment and asks once, as of a clock or a metrics page; and as
// the ground that all other models stand on: what they cost more is the price of serving several at once.
// Not when: a client may stay, or wait: all others wait as long as it does.
// How it fails: one silent client stops the service for everybody. Nobody is refused with a word: when the
// queue of the listener (--backlog) is full, connecting takes longer and longer and then times out.
// Source: W. R. Stevens, UNIX Network Programming vol. 1, 3rd ed., 30.4 ("TCP iterative server") and 1.5; RFC
// 867.

#include "servers/core/local_fanout.h"
#include "servers/core/service.h"
#include "servers/journal/kept_lobby.h"
#include "servers/net/blocking_connection.h"
#include "servers/net/connection_log.h"
#include "servers/net/listener.h"
#include "servers/net/stop_by_signal.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

class OnlyClient : public Member {
 public:
  explicit OnlyClient(const ServeOptions& options)
      : outbox_(options.outbox_bytes), drops_(options.slow_consumer == SlowConsumer::drop) {}

  /// What its own session publishes.
  void deliver(const SharedPublication& publication) override {
    if (outbox_.push(publication)) return;
    if (drops_) {
      dropped_ += publication->messages;
    } else {
      outbox_.append(publication->bytes);  // which passes the limit and ends the connection
    }
  }
  void serve(int socket, const Service& service, Fanout& topics, ServeCounts& counts) {
    const StoppableClient stoppable(socket);
    serve_requests(socket, *service.open(topics, *this), outbox_);
    if (outbox_.overflowed()) ++counts.slow_disconnected;
    counts.deliveries_dropped += dropped_;
  }

 private:
  Outbox outbox_;
  const bool drops_;
  std::uint64_t dropped_ = 0;
};

}  // namespace

ServeCounts serve_iterative(Listener& listener, const Service& service, const ServeOptions& options,
                            const StopToken&) {
  LocalFanout topics;
  KeptLobby rooms(options, topics, Commit::at_once);
  topics.lead_to(rooms.lobby());
  ConnectionLog* log = options.connection_log;
  ServeCounts counts;
  StopBySignal::take(options.drain);
  while (StopBySignal::wait_for_input(listener.fd())) {
    const auto client = listener.accept(0, service.refusal());
    if (!client) continue;
    if (log != nullptr) log->opened();
    OnlyClient(options).serve(client->get(), service, topics, counts);
    if (log != nullptr) log->closed();
  }
  counts.accepted = listener.accepted();
  counts.refused = listener.refused();
  return counts;
}

}  // namespace threadmill::servers
