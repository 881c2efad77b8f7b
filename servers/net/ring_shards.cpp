#include "servers/net/ring_shards.h"

#include <functional>
#include <memory>
#include <vector>

#include "servers/net/connection_limit.h"
#include "servers/net/logged_session.h"
#include "servers/net/mailbox.h"
#include "servers/net/ring_acceptor.h"
#include "servers/net/ring_loop.h"
#include "servers/net/shard_fanout.h"
#include "servers/net/shard_rooms.h"
#include "servers/net/side_by_side.h"

namespace threadmill::servers {
namespace {

/// What all rings of one server have in common.
struct SharedByRings {
  SharedByRings(std::size_t rings, const Service& service_, const ServeOptions& options_,
                const StopToken& stop_)
      : service(service_),
        options(options_),
        stop(stop_),
        group(rings, options.outbox_bytes),
        lobby(options, group),
        limit(options.max_connections) {}

  const Service& service;
  const ServeOptions& options;
  const StopToken& stop;
  ShardGroup group;
  SharedLobby lobby;
  ConnectionLimit limit;
};

/// One ring and its clients. Used by one thread from run() on.
class RingShard {
 public:
  RingShard(SharedByRings& shared, std::size_t number, Listener& listener)
      : shared_(shared),
        mailbox_(*shared.group.mailboxes[number]),
        listener_(listener),
        topics_(shared.group, number),
        rooms_(shared.lobby, number, topics_, topics_),
        loop_(shared.options),
        acceptor_(loop_.ring(), listener, shared.service.refusal(),
                  [this](os::Descriptor client) { admit(std::move(client)); }) {
    topics_.lead_to(rooms_);
    loop_.after_close([this] { shared_.limit.give_back(); });
    if (shared_.lobby.keeps()) loop_.before_write([this] { shared_.lobby.commit(); });
    loop_.watch(mailbox_.fd(), [this] { open_mail(); });
  }

  ServeCounts run() {
    const ClosedAtTheEnd closed_at_the_end{mailbox_};
    const auto on_stop = [this] {
      acceptor_.stop();
      loop_.end_input();
    };
    loop_.run(shared_.stop, on_stop, [this] { return acceptor_.stopped(); });
    ServeCounts counts = loop_.counts();
    counts += {.accepted = listener_.accepted(), .refused = listener_.refused()};
    return counts;
  }

 private:
  void admit(os::Descriptor client) {
    if (!shared_.limit.take()) return listener_.refuse(std::move(client), shared_.service.refusal());
    loop_.adopt(std::move(client), [this](Member& self) {
      return logged(shared_.service.open(topics_, self), shared_.options.connection_log);
    });
  }

  void open_mail() {
    mailbox_.acknowledge();
    topics_.take_mail();
  }

  SharedByRings& shared_;
  Mailbox& mailbox_;
  Listener& listener_;
  ShardFanout topics_;
  ShardRooms rooms_;
  RingLoop loop_;  // after the topics and the rooms, which its sessions leave first
  RingAcceptor acceptor_;
};

}  // namespace

ServeCounts serve_in_rings(std::size_t rings, Listener& listener, const Service& service,
                           const ServeOptions& options, const StopToken& stop) {
  SharedByRings shared(rings, service, options, stop);
  // All of them are made before the first one takes clients, who could leave no descriptors for the others.
  std::vector<std::unique_ptr<Listener>> more_listeners;
  std::vector<std::unique_ptr<RingShard>> shards;
  std::vector<ServeCounts> counts(rings);
  std::vector<std::function<void()>> tasks;
  for (std::size_t i = 0; i < rings; ++i) {
    if (i > 0) more_listeners.push_back(std::make_unique<Listener>(listener.share_address(options.backlog)));
    shards.push_back(std::make_unique<RingShard>(shared, i, i == 0 ? listener : *more_listeners.back()));
    tasks.emplace_back([&, i] { counts[i] = shards[i]->run(); });
  }
  run_side_by_side(tasks);
  ServeCounts sum;
  for (const auto& each : counts) sum += each;
  return sum;
}

}  // namespace threadmill::servers
