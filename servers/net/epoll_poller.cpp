// Readiness from epoll(7).

#include <cerrno>
#include <vector>

#include "os/descriptor.h"
#include "os/errors.h"
#include "servers/net/poller.h"

namespace threadmill::servers {
namespace {

constexpr std::size_t kEventsPerTurn = 512;

class EpollPoller : public Poller {
 public:
  explicit EpollPoller(bool tells_edges)
      : tells_edges_(tells_edges), epoll_(::epoll_create1(EPOLL_CLOEXEC)), events_(kEventsPerTurn) {
    if (!epoll_) os::throw_errno("epoll_create1");
  }

  bool tells_edges() const override { return tells_edges_; }

  bool add(int fd, std::uint32_t events, Watched& watched) override {
    return control(EPOLL_CTL_ADD, fd, events, &watched);
  }
  bool add_for_edges(int fd, Watched& watched) override {
    return control(EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, &watched);
  }
  bool change(int fd, std::uint32_t events, Watched& watched) override {
    return control(EPOLL_CTL_MOD, fd, events, &watched);
  }
  void remove(int fd) override {
    if (!control(EPOLL_CTL_DEL, fd, 0, nullptr)) os::throw_errno("epoll_ctl");
  }

  std::span<const epoll_event> wait(const timespec* timeout) override {
    const int ready =
        ::epoll_pwait2(epoll_.get(), events_.data(), static_cast<int>(events_.size()), timeout, nullptr);
    if (ready < 0 && errno != EINTR) os::throw_errno("epoll_pwait2");
    return std::span(events_).first(ready < 0 ? 0 : static_cast<std::size_t>(ready));
  }

 private:
  bool control(int operation, int fd, std::uint32_t events, Watched* watched) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = watched;
    return ::epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
  }

  const bool tells_edges_;
  const os::Descriptor epoll_;
  std::vector<epoll_event> events_;
};

}  // namespace

std::unique_ptr<Poller> level_triggered_epoll() { return std::make_unique<EpollPoller>(false); }

std::unique_ptr<Poller> edge_triggered_epoll() { return std::make_unique<EpollPoller>(true); }

}  // namespace threadmill::servers
