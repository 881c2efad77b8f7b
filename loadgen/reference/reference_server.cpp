#include "loadgen/reference/reference_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "loadgen/reference/kernel_stamps.h"
#include "loadgen/reference/wall_clock.h"
#include "os/errors.h"

namespace threadmill::load::reference {
namespace {

constexpr const char* kAddress = "127.0.0.1";
constexpr int kBacklog = 4096;
constexpr int kEventsPerTurn = 64;
// After a stall many replies are due at once: requests are read in between, before packets get merged.
constexpr int kRepliesAtOnce = 8;

os::Descriptor listen_on(std::uint16_t port) {
  const os::SocketAddress address(kAddress, port);
  os::Descriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) os::throw_errno("socket");
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  stamp_arrivals(socket.get());
  if (::bind(socket.get(), address.get(), address.size()) != 0 || ::listen(socket.get(), kBacklog) != 0)
    os::throw_errno("listen on " + address.to_string());
  wait_for_stamping();
  return socket;
}

void watch(int epoll, int operation, int fd, std::uint32_t events, void* what) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = what;
  if (::epoll_ctl(epoll, operation, fd, &event) != 0) os::throw_errno("epoll_ctl");
}

StallSchedule stall_schedule(const ReferenceOptions& options, std::int64_t origin_ns) {
  if (options.stall_ns == 0) return {};
  return {origin_ns, options.stall_ns, options.stall_every_ns};
}

}  // namespace

ReferenceServer::ReferenceServer(const ReferenceOptions& options)
    : options_(options),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      listener_(listen_on(options.port)),
      ready_ns_(os::monotonic_ns()),
      wall_ahead_by_ns_(wall_minus_monotonic_ns()),
      stalls_(stall_schedule(options, ready_ns_ + wall_ahead_by_ns_)),
      service_times_(options.service, options.seed),
      log_(options.max_requests) {
  if (!epoll_) os::throw_errno("epoll_create1");
  watch(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), EPOLLIN, nullptr);
}

ReferenceServer::~ReferenceServer() = default;

void ReferenceServer::turn() {
  send_due();
  std::array<epoll_event, kEventsPerTurn> events;
  const int ready = ::epoll_wait(epoll_.get(), events.data(), kEventsPerTurn, 0);
  for (int i = 0; i < ready; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    if (event.data.ptr) {
      on_events(*static_cast<ReferenceConnection*>(event.data.ptr), event.events);
    } else {
      accept_one();
    }
    send_due();
  }
  forget_finished();
}

void ReferenceServer::accept_one() {
  os::Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  // Without a free descriptor the client waits in the queue until there is one; there is nothing else to do.
  if (socket && connections_.size() < options_.max_connections) adopt(std::move(socket));
}

void ReferenceServer::adopt(os::Descriptor socket) {
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto connection = std::make_unique<ReferenceConnection>(std::move(socket), options_.message_bytes);
  connection->watched_events = connection->wanted_events();
  watch(epoll_.get(), EPOLL_CTL_ADD, connection->fd(), connection->watched_events, connection.get());
  ReferenceConnection* key = connection.get();
  connections_.emplace(key, std::move(connection));
}

void ReferenceServer::on_events(ReferenceConnection& connection, std::uint32_t events) {
  if (connection.fd() < 0) return;  // gone since epoll_wait
  connection.take_stamps(log_);
  if ((events & EPOLLIN) != 0 && held_messages_ * options_.message_bytes < options_.max_held_bytes)
    read_from(connection);
  if ((events & EPOLLOUT) != 0) connection.flush(log_);
  // Both directions are closed, which this end never does: the peer reset the connection.
  if ((events & EPOLLHUP) != 0) connection.abandon();
  settle(connection);
}

void ReferenceServer::read_from(ReferenceConnection& connection) {
  const auto arrival = connection.read();
  if (!arrival) return;
  const std::int64_t service_ns = service_times_.next_ns();
  const auto entry = log_.add(*arrival, service_ns);
  const std::int64_t from_ns = arrival->stamp_ns != 0 ? arrival->stamp_ns : wall_ns();
  due_.push({connection.hold(entry, from_ns + service_ns), next_order_++, &connection});
}

void ReferenceServer::send_due() {
  for (int i = 0; i < kRepliesAtOnce && !due_.empty(); ++i) {
    const std::int64_t now_ns = wall_ns();
    if (due_.top().at_ns > now_ns || stalls_.stalled_at(now_ns)) return;
    ReferenceConnection& connection = *due_.top().to;
    due_.pop();
    connection.release();
    connection.flush(log_);
    settle(connection);
  }
}

/// After anything was done with a connection.
void ReferenceServer::settle(ReferenceConnection& connection) {
  held_messages_ += connection.held() - connection.counted_held;
  connection.counted_held = connection.held();
  if (connection.finished()) {
    // An event of this turn may still point at it.
    finished_.push_back(&connection);
  } else if (connection.fd() >= 0 && connection.wanted_events() != connection.watched_events) {
    connection.watched_events = connection.wanted_events();
    watch(epoll_.get(), EPOLL_CTL_MOD, connection.fd(), connection.watched_events, &connection);
  }
}

void ReferenceServer::forget_finished() {
  for (ReferenceConnection* connection : finished_) connections_.erase(connection);
  finished_.clear();
}

ReferenceReport ReferenceServer::report(std::int64_t start_ns, std::int64_t end_ns) const {
  ReferenceReport report;
  report.start_ns = std::max(start_ns, ready_ns_);
  report.end_ns = std::min(end_ns, os::monotonic_ns());
  const std::int64_t ahead_ns = wall_ahead_by_ns_;
  report.truth = log_.between(report.start_ns + ahead_ns, report.end_ns + ahead_ns);
  report.without_arrival_stamp = log_.without_arrival_stamp();
  report.not_logged = log_.not_logged();
  report.clock_step_ns = wall_minus_monotonic_ns() - ahead_ns;
  report.stalls = stalls_.between(report.start_ns + ahead_ns, report.end_ns + ahead_ns);
  for (Stall& stall : report.stalls) {
    stall.start_ns -= ahead_ns;
    stall.end_ns -= ahead_ns;
  }
  return report;
}

}  // namespace threadmill::load::reference
