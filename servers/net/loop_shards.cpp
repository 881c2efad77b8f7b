#include "servers/net/loop_shards.h"

#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "servers/core/batch_fanout.h"
#include "servers/net/connection_limit.h"
#include "servers/net/event_loop.h"
#include "servers/net/logged_session.h"
#include "servers/net/mailbox.h"
#include "servers/net/shard_fanout.h"
#include "servers/net/shard_rooms.h"
#include "servers/net/side_by_side.h"

namespace threadmill::servers {
namespace {

/// What all loops of one server have in common.
struct Common {
  Common(const ShardPlan& plan_, const Service& service_, const ServeOptions& options_,
         const StopToken& stop_)
      : plan(plan_),
        service(service_),
        options(options_),
        stop(stop_),
        group(plan.loops, options.outbox_bytes),
        lobby(options, group),
        limit(options.max_connections),
        deals(plan.acceptance != Acceptance::each_loop) {}

  /// Nobody hands clients to other loops any more.
  void end_dealing() {
    deals = false;
    for (const auto& mailbox : group.mailboxes) mailbox->wake();
  }

  const ShardPlan& plan;
  const Service& service;
  const ServeOptions& options;
  const StopToken& stop;
  ShardGroup group;
  SharedLobby lobby;
  ConnectionLimit limit;
  std::atomic<bool> deals;  ///< clients may still come to a loop by mail
};

/// `place` finds a loop for a client; false, and the socket stays, when that loop cannot take it.
template <typename Place>
void deal_out(Common& common, Listener& listener, Place place) {
  const auto refusal = common.service.refusal();
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    auto client = listener.accept(SOCK_NONBLOCK, refusal);
    if (!client) return;
    if (!common.limit.take()) {
      listener.refuse(std::move(*client), refusal);
    } else if (!place(*client)) {
      common.limit.give_back();
      listener.refuse(std::move(*client), refusal);
    }
  }
}

/// One loop. Made in the main thread; run() and all that it calls belong to the loop's thread.
class Shard {
 public:
  Shard(Common& common, std::size_t number)
      : common_(common),
        number_(number),
        topics_(common.group, number),
        queues_(topics_, batch_limit_bytes(common.options)),
        fanout_(common.plan.batches ? static_cast<Fanout&>(queues_) : topics_),
        rooms_(common.lobby, number, topics_, fanout_),
        loop_(common.options) {
    fanout_.lead_to(rooms_);
  }

  /// Without a listener, clients come by mail.
  void run(Listener* listener) {
    const ClosedAtTheEnd closed_at_the_end{mailbox()};
    loop_.after_close([this] { common_.limit.give_back(); });
    if (common_.plan.batches) loop_.before_flush([this] { flush(); });
    if (common_.lobby.keeps()) loop_.before_write([this] { common_.lobby.commit(); });
    loop_.watch(mailbox().fd(), [this] { open_mail(); });
    if (listener != nullptr) {
      loop_.watch(listener->fd(), [this, listener] {
        deal_out(common_, *listener, [this](os::Descriptor& socket) { return place(socket); });
      });
    }
    loop_.run(
        common_.stop, [this, listener] { stop(listener); }, [this] { return finished(); });
  }

  /// Once run() has returned.
  ServeCounts counts() const {
    ServeCounts counts = loop_.counts();
    counts.refused += refused_;
    return counts;
  }

 private:
  Mailbox& mailbox() { return *common_.group.mailboxes[number_]; }

  std::unique_ptr<Session> open(Member& self) {
    return logged(common_.service.open(fanout_, self), common_.options.connection_log);
  }
  bool adopt(os::Descriptor& socket) {
    return loop_.adopt(socket, [this](Member& self) { return open(self); });
  }

  bool place(os::Descriptor& socket) {
    if (common_.plan.acceptance == Acceptance::each_loop) return adopt(socket);
    const std::size_t turn = next_++ % common_.plan.loops;
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
      if (common_.deals) common_.end_dealing();
    }
    loop_.end_input();
    open_mail();  // clients that another loop has accepted for this one
  }

  /// Asked when no connection is left.
  bool finished() {
    if (common_.deals) return false;
    open_mail();
    return loop_.connection_count() == 0;
  }

  Common& common_;
  const std::size_t number_;
  std::size_t next_ = 0;  ///< whose turn it is to get a client
  std::uint64_t refused_ = 0;
  bool stopping_ = false;
  ShardFanout topics_;
  BatchFanout queues_;
  Fanout& fanout_;
  ShardRooms rooms_;
  EventLoop loop_;  // last, so that its sessions leave the topics and the rooms first
};

/// The loop that only accepts.
class Acceptor {
 public:
  explicit Acceptor(Common& common) : common_(common), loop_(common.options) {}

  void run(Listener& listener) {
    const DealsToTheEnd ends_dealing{common_};
    loop_.watch(listener.fd(), [&] {
      deal_out(common_, listener, [this](os::Descriptor& socket) {
        return common_.group.mailboxes[next_++ % common_.plan.loops]->post(socket);
      });
    });
    const auto stop = [&] {
      loop_.unwatch(listener.fd());
      listener.close();
    };
    loop_.run(common_.stop, stop, [] { return true; });
  }

 private:
  struct DealsToTheEnd {
    ~DealsToTheEnd() { common.end_dealing(); }
    Common& common;
  };

  Common& common_;
  std::size_t next_ = 0;
  EventLoop loop_;
};

}  // namespace

ServeCounts serve_in_shards(const ShardPlan& plan, Listener& listener, const Service& service,
                            const ServeOptions& options, const StopToken& stop) {
  Common common(plan, service, options, stop);
  std::optional<Acceptor> acceptor;
  std::vector<std::unique_ptr<Shard>> shards;
  std::vector<std::unique_ptr<Listener>> more_listeners;
  std::vector<std::function<void()>> tasks;
  if (plan.acceptance == Acceptance::own_loop) {
    acceptor.emplace(common);
    tasks.emplace_back([&] { acceptor->run(listener); });
  }
  for (std::size_t i = 0; i < plan.loops; ++i) {
    Listener* door = i == 0 && !acceptor ? &listener : nullptr;
    if (i > 0 && plan.acceptance == Acceptance::each_loop) {
      more_listeners.push_back(std::make_unique<Listener>(listener.share_address(options.backlog)));
      door = more_listeners.back().get();
    }
    shards.push_back(std::make_unique<Shard>(common, i));
    tasks.emplace_back([shard = shards.back().get(), door] { shard->run(door); });
  }
  run_side_by_side(tasks);
  ServeCounts sum{.accepted = listener.accepted(), .refused = listener.refused()};
  for (const auto& shard : shards) sum += shard->counts();
  for (const auto& each : more_listeners) sum += {.accepted = each->accepted(), .refused = each->refused()};
  return sum;
}

}  // namespace threadmill::servers
