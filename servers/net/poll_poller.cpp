// Readiness from poll(2).

#include <poll.h>

#include <cerrno>
#include <vector>

#include "os/errors.h"
#include "servers/net/poller.h"

namespace threadmill::servers {
namespace {

static_assert(POLLIN == EPOLLIN && POLLOUT == EPOLLOUT && POLLERR == EPOLLERR && POLLHUP == EPOLLHUP);

/// What is watched stands without gaps in the array that the kernel reads, so that it reads no more than it
/// must.
class PollPoller : public Poller {
 public:
  bool add(int fd, std::uint32_t events, Watched& watched) override {
    const auto number = static_cast<std::size_t>(fd);
    if (number >= places_.size()) places_.resize(number + 1);
    places_[number] = waiting_.size();
    waiting_.push_back({fd, static_cast<short>(events), 0});
    watched_.push_back(&watched);
    return true;
  }
  bool change(int fd, std::uint32_t events, Watched&) override {
    waiting_[place_of(fd)].events = static_cast<short>(events);
    return true;
  }
  void remove(int fd) override {
    const std::size_t gap = place_of(fd);
    place_of(waiting_.back().fd) = gap;
    waiting_[gap] = waiting_.back();
    watched_[gap] = watched_.back();
    waiting_.pop_back();
    watched_.pop_back();
  }

  std::span<const epoll_event> wait(const timespec* timeout) override {
    events_.clear();
    int left = ::ppoll(waiting_.data(), waiting_.size(), timeout, nullptr);
    if (left < 0 && errno != EINTR) os::throw_errno("ppoll");
    for (std::size_t i = 0; left > 0; ++i) {
      if (waiting_[i].revents == 0) continue;
      --left;
      epoll_event event{};
      event.events = static_cast<std::uint32_t>(waiting_[i].revents);
      event.data.ptr = watched_[i];
      events_.push_back(event);
    }
    return events_;
  }

 private:
  std::size_t& place_of(int fd) { return places_[static_cast<std::size_t>(fd)]; }

  std::vector<pollfd> waiting_;
  std::vector<Watched*> watched_;    ///< of the descriptor at the same place
  std::vector<std::size_t> places_;  ///< by descriptor
  std::vector<epoll_event> events_;
};

}  // namespace

std::unique_ptr<Poller> poll_poller() { return std::make_unique<PollPoller>(); }

}  // namespace threadmill::servers
