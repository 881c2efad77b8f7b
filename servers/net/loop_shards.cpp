#include "servers/net/loop_shards.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <exception>
#include <memory>
#include <thread>
#include <vector>

#include "servers/core/batch_fanout.h"
#include "servers/net/connection_limit.h"
#include "servers/net/event_loop.h"
#include "servers/net/logged_session.h"
#include "servers/net/shard_fanout.h"

namespace threadmill::servers {
namespace {

/// What all loops of one server have in common.
struct Common {
  Common(const Service& service_, const ServeOptions& options_, const StopToken& stop_)
      : service(service_),
        options(options_),
        stop(stop_),
        group(options.loops, options.outbox_bytes),
        limit(options.max_connections) {}
  const Service& service;
  const ServeOptions& options;
  const StopToken& stop;
  ShardGroup group;
  ConnectionLimit limit;
};

/// Nobody waits for a loop that has ended.
struct ClosedAtTheEnd {
  ~ClosedAtTheEnd() { mailbox.close(); }
  Mailbox& mailbox;
};

/// One loop. Made in the main thread; run() and all that it calls belong to the loop's thread.
class Shard {
 public:
  Shard(Common& common, std::size_t number)
      : common_(common),
        number_(number),
        topics_(common.group, number),
        queues_(topics_, batch_limit_bytes(common.options)),
        loop_(common.options) {}

  /// Without a listener, clients come by mail.
  void run(Listener* listener) {
    const ClosedAtTheEnd closed_at_the_end{mailbox()};
    loop_.after_close([this] { common_.limit.give_back(); });
    if (batches()) loop_.before_flush([this] { flush(); });
    loop_.watch(mailbox().fd(), [this] { open_mail(); });
    if (listener != nullptr) loop_.watch(listener->fd(), [this, listener] { accept_waiting(*listener); });
    loop_.run(
        common_.stop, [this, listener] { stop(listener); }, [] { return true; });
  }

  /// Once run() has returned.
  ServeCounts counts() const {
    ServeCounts counts = loop_.counts();
    counts.refused += refused_;
    return counts;
  }

 private:
  Mailbox& mailbox() { return *common_.group.mailboxes[number_]; }
  bool batches() const { return common_.options.distribution == Distribution::batch; }

  std::unique_ptr<Session> open(Member& self) {
    Fanout& fanout = batches() ? static_cast<Fanout&>(queues_) : topics_;
    return logged(common_.service.open(fanout, self), common_.options.connection_log);
  }
  bool adopt(os::Descriptor& socket) {
    return loop_.adopt(socket, [this](Member& self) { return open(self); });
  }

  void accept_waiting(Listener& listener) {
    const auto refusal = common_.service.refusal();
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      auto client = listener.accept(SOCK_NONBLOCK, refusal);
      if (!client) return;
      if (!common_.limit.take()) {
        listener.refuse(std::move(*client), refusal);
      } else if (!place(*client)) {
        common_.limit.give_back();
        listener.refuse(std::move(*client), refusal);
      }
    }
  }

  /// Finds a loop for a client; false, and the socket stays, when that loop cannot take it.
  bool place(os::Descriptor& socket) {
    if (common_.options.sharding == Sharding::reuseport) return adopt(socket);
    const std::size_t turn = next_++ % common_.options.loops;
    return turn == number_ ? adopt(socket) : common_.group.mailboxes[turn]->post(socket);
  }

  void open_mail() {
    mailbox().acknowledge();
    topics_.take_mail();
    loop_.flush_this_turn();
    for (os::Descriptor& socket : topics_.take_sockets()) {
      if (adopt(socket)) continue;
      common_.limit.give_back();
      ++refused_;
      Listener::tell(socket.get(), common_.service.refusal());
    }
    if (stopping_) loop_.end_input();  // for those that have only just come
  }

  void flush() {
    topics_.take_mail();
    if (queues_.waiting() == 1) loop_.write_through();
    queues_.flush();
  }

  void stop(Listener* listener) {
    stopping_ = true;
    if (listener != nullptr) {
      loop_.unwatch(listener->fd());
      listener->close();
    }
    loop_.end_input();
    open_mail();  // clients that another loop has accepted for this one
  }

  Common& common_;
  const std::size_t number_;
  std::size_t next_ = 0;  ///< whose turn it is to get a client
  std::uint64_t refused_ = 0;
  bool stopping_ = false;
  ShardFanout topics_;
  BatchFanout queues_;
  EventLoop loop_;  // last, so that its sessions leave the topics first
};

/// Runs shard i with `listeners[i]`, each on a thread of its own and the first here, until all have ended.
void run_all(std::vector<std::unique_ptr<Shard>>& shards, const std::vector<Listener*>& listeners) {
  std::vector<std::exception_ptr> failures(shards.size());
  const auto fail = [&](std::size_t i) {
    failures[i] = std::current_exception();
    ::kill(::getpid(), SIGTERM);  // a stop request, which every loop sees
  };
  const auto run = [&](std::size_t i) {
    try {
      shards[i]->run(listeners[i]);
    } catch (...) {
      fail(i);
    }
  };
  {
    std::vector<std::jthread> threads;
    try {
      for (std::size_t i = 1; i < shards.size(); ++i) threads.emplace_back(run, i);
    } catch (...) {
      fail(0);
    }
    if (!failures[0]) run(0);
  }
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

void add(ServeCounts& sum, const ServeCounts& counts) {
  sum.accepted += counts.accepted;
  sum.refused += counts.refused;
  sum.slow_disconnected += counts.slow_disconnected;
  sum.deliveries_dropped += counts.deliveries_dropped;
}

}  // namespace

ServeCounts serve_in_shards(Listener& listener, const Service& service, const ServeOptions& options,
                            const StopToken& stop) {
  Common common(service, options, stop);
  std::vector<std::unique_ptr<Shard>> shards;
  std::vector<std::unique_ptr<Listener>> more_listeners;
  std::vector<Listener*> listeners;
  for (std::size_t i = 0; i < options.loops; ++i) {
    shards.push_back(std::make_unique<Shard>(common, i));
    if (i > 0 && options.sharding == Sharding::reuseport)
      more_listeners.push_back(std::make_unique<Listener>(listener.share_address(options.backlog)));
    listeners.push_back(i == 0 ? &listener : more_listeners.empty() ? nullptr : more_listeners.back().get());
  }
  run_all(shards, listeners);
  ServeCounts sum;
  for (const auto& shard : shards) add(sum, shard->counts());
  for (const Listener* each : listeners) {
    if (each != nullptr) add(sum, {.accepted = each->accepted(), .refused = each->refused()});
  }
  return sum;
}

}  // namespace threadmill::servers
