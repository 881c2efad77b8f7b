#include "servers/net/switchboard_channels.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "os/errors.h"
#include "servers/net/descriptor_passing.h"
#include "servers/net/listener.h"
#include "servers/net/switchboard_client.h"

namespace threadmill::servers {

class SwitchboardChannels::Channel : public SwitchboardClient {
 public:
  Channel(SwitchboardChannels& all, os::Descriptor socket, const Service& service, Member& self, int client)
      : SwitchboardClient(socket.get(),
                          [&self](std::string_view bytes) {
                            self.deliver(share({std::string(bytes), 1}));
                          }),
        all_(all),
        socket_(std::move(socket)),
        service_(service),
        self_(self),
        client_(client) {
    control(EPOLL_CTL_ADD);
  }

  void receive() {
    if (on_readable()) {
      was_served_ = true;
      return;
    }
    control(EPOLL_CTL_DEL);
    parent_hung_up();
  }

  /// A parent that lives welcomes each client, unless it has no room for it; and then hangs up only where
  /// more waits for this channel than an outbox holds.
  void parent_hung_up() {
    if (all_.parent_is_gone()) {
      ::shutdown(client_, SHUT_RDWR);  // the loop finds the end of the connection
    } else if (was_served_) {
      all_.loop_.cut_off_slow(self_);
    } else {
      Listener::tell(client_, service_.refusal());
      ::shutdown(client_, SHUT_RDWR);
    }
  }

 private:
  void wait(bool to_send) override {
    std::array<pollfd, 2> ready = {{{all_.epoll_.get(), POLLIN, 0}, {to_send ? fd() : -1, POLLOUT, 0}}};
    if (::poll(ready.data(), ready.size(), -1) > 0 && ready[0].revents != 0) all_.receive();
  }

  void control(int operation) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = this;
    if (::epoll_ctl(all_.epoll_.get(), operation, fd(), &event) != 0) os::throw_errno("epoll_ctl");
  }

  SwitchboardChannels& all_;
  const os::Descriptor socket_;
  const Service& service_;
  Member& self_;
  const int client_;
  bool was_served_ = false;
};

class SwitchboardChannels::ChannelSession : public Session {
 public:
  ChannelSession(std::unique_ptr<Channel> channel, const Service& service, Member& self)
      : channel_(std::move(channel)), session_(service.open(*channel_, self)) {}
  ~ChannelSession() override {
    // It leaves what it joined, and hears whether the parent has cut it off before. Nobody does so after
    // that.
    session_.reset();
    if (channel_->gone()) channel_->parent_hung_up();
  }
  Verdict on_bytes(std::string_view bytes, Outbox& out) override { return session_->on_bytes(bytes, out); }

 private:
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<Session> session_;
};

SwitchboardChannels::SwitchboardChannels(EventLoop& loop, int control)
    : loop_(loop), control_(control), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) os::throw_errno("epoll_create1");
  loop_.watch(epoll_.get(), [this] { receive(); });
}

bool SwitchboardChannels::parent_is_gone() const {
  pollfd control{control_, 0, 0};
  return ::poll(&control, 1, 0) > 0 && (control.revents & (POLLHUP | POLLERR)) != 0;
}

os::Descriptor SwitchboardChannels::connect() {
  std::array<int, 2> ends = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) return {};
  os::Descriptor ours(ends[0]);
  const os::Descriptor theirs(ends[1]);
  while (!pass_descriptor(control_, theirs.get())) {
    if (errno != EAGAIN) return {};
    pollfd room{control_, POLLOUT, 0};
    ::poll(&room, 1, -1);
  }
  return ours;
}

std::unique_ptr<Session> SwitchboardChannels::open(os::Descriptor channel, const Service& service,
                                                   Member& self, int client) {
  return std::make_unique<ChannelSession>(
      std::make_unique<Channel>(*this, std::move(channel), service, self, client), service, self);
}

void SwitchboardChannels::receive() {
  std::array<epoll_event, 64> events;
  const int ready = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < ready; ++i) {
    static_cast<Channel*>(events[static_cast<std::size_t>(i)].data.ptr)->receive();
  }
  if (ready > 0) loop_.expect_flush();
}

}  // namespace threadmill::servers
