#include "servers/net/strand_connection.h"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>

#include "servers/net/logged_session.h"

namespace threadmill::servers {
namespace {

namespace asio = boost::asio;

// A publisher looks up from what it has read after so much, to see whether others can follow.
constexpr std::size_t kPieceBytes = 4 << 10;

}  // namespace

StrandConnection::StrandConnection(asio::io_context& context, AsioServer& server, SharedByStrands& shared,
                                   AsioSocket socket)
    : AsioConnection(server.options(), server.slow(), std::move(socket)),
      server_(server),
      shared_(shared),
      strand_(asio::make_strand(context)) {
  lead_to(static_cast<Rooms&>(*this));
  open(logged(shared.service.open(*this, *this), shared.options.connection_log));
}

void StrandConnection::start() { go_on(); }

void StrandConnection::go_on() {
  const auto self = shared_from_this();
  while (alive() && !unread_.empty() && !blocked()) {
    const auto resume = [self] { asio::post(self->strand_, [self] { self->go_on(); }); };
    if (shared_.congestion.rest(resume)) return settle();
    const std::string rest = std::exchange(unread_, {});
    take_in(rest);
  }
  settle();
  if (!alive()) return server_.leave(*this);
  socket().async_wait(waits_for(),
                      asio::bind_executor(strand_, [self](const boost::system::error_code& error) {
                        self->on_ready(error);
                        self->go_on();
                      }));
}

void StrandConnection::take_in(std::string_view bytes) {
  if (!shared_.service.publishes()) return answer(bytes);
  while (!bytes.empty() && is_open()) {
    answer(bytes.substr(0, kPieceBytes));
    bytes.remove_prefix(std::min(kPieceBytes, bytes.size()));
    if (blocked() || shared_.congestion.any()) {
      unread_.assign(bytes);
      return;
    }
  }
}

void StrandConnection::deliver(const SharedPublication& publication) {
  const std::lock_guard lock(mutex_);
  if (deaf_ || too_slow_) return;
  const std::size_t charge = Outbox::charge_of(publication->bytes.size());
  if (outbox_charge_ + mail_charge_ + charge <= outbox().limit_bytes()) {
    mail_.push_back(publication);
    mail_charge_ += charge;
    if (!behind_ && mail_charge_ > outbox().limit_bytes() / 4) {
      behind_ = true;
      shared_.congestion.enter();
    }
  } else if (shared_.options.slow_consumer == SlowConsumer::drop) {
    server_.slow().deliveries_dropped += publication->messages;
    return;
  } else {
    too_slow_ = true;
  }
  if (std::exchange(posted_, true)) return;
  asio::post(strand_, [self = shared_from_this()] {
    self->take_mail();
    self->settle();
  });
}

void StrandConnection::take_mail() {
  std::unique_lock lock(mutex_);
  const auto mail = std::exchange(mail_, {});
  outbox_charge_ += std::exchange(mail_charge_, 0);
  posted_ = false;
  const bool was_behind = std::exchange(behind_, false);
  const bool ends = too_slow_ && !deaf_;
  lock.unlock();
  for (const auto& publication : mail) queue(publication);
  if (!mail.empty() && is_open() && !blocked()) write();
  if (ends) cut_off();
  if (was_behind) shared_.congestion.leave();
}

void StrandConnection::settle() {
  const std::lock_guard lock(mutex_);
  outbox_charge_ = outbox().charged_bytes();
}

void StrandConnection::end() {
  AsioConnection::end();
  {
    const std::lock_guard lock(mutex_);
    deaf_ = true;
  }
  take_mail();
}

void StrandConnection::leave(std::string_view topic, Member& member) {
  shared_.topics.leave(topic, member);
  take_mail();
}

std::size_t StrandConnection::publish(std::string_view topic, Publication publication) {
  const std::size_t receivers = shared_.topics.publish(topic, std::move(publication));
  take_mail();
  return receivers;
}

std::string StrandConnection::run(Member& member, std::span<const std::string_view> words) {
  std::unique_lock lock(shared_.rooms_mutex);
  auto reply = shared_.rooms.lobby().run(member, words);
  lock.unlock();
  take_mail();
  return reply;
}

void StrandConnection::leave(Member& member, Departure how) {
  const std::lock_guard lock(shared_.rooms_mutex);
  shared_.rooms.lobby().leave(member, how);
}

}  // namespace threadmill::servers
