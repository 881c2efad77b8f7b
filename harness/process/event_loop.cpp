#include "harness/process/event_loop.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>

namespace threadmill::harness {
namespace asio = boost::asio;

namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  ::sigaction(signal, nullptr, &action);
  return action.sa_handler == SIG_IGN;
}

}  // namespace

struct EventLoop::State {
  asio::io_context io;
  asio::signal_set signals{io, SIGINT, SIGTERM};
  State() {
    if (!is_ignored(SIGHUP)) signals.add(SIGHUP);  // nohup(1) has it ignored, and means it
  }
  bool interrupted = false;
};

namespace {

// The handlers hold these by shared pointer, so that one that is already queued when its handle goes finds
// `active` false.
struct ReadableWatch : std::enable_shared_from_this<ReadableWatch> {
  ReadableWatch(asio::io_context& io, int fd, std::function<void()> on_readable)
      : descriptor(io, fd), handler(std::move(on_readable)) {}

  void arm() {
    descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                          [self = shared_from_this()](const boost::system::error_code& error) {
                            if (error || !self->active) return;
                            self->handler();
                            if (self->active) self->arm();
                          });
  }
  void end() {
    active = false;
    descriptor.release();  // cancels; the descriptor belongs to the caller
  }

  asio::posix::stream_descriptor descriptor;
  std::function<void()> handler;
  bool active = true;
};

struct RepeatingTimer : std::enable_shared_from_this<RepeatingTimer> {
  RepeatingTimer(asio::io_context& io, std::function<EventLoop::Clock::duration()> on_time)
      : timer(io), handler(std::move(on_time)) {}

  void arm(EventLoop::Clock::duration delay) {
    timer.expires_after(delay);
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (error || !self->active) return;
      const auto next = self->handler();
      if (self->active) self->arm(next);
    });
  }
  void end() {
    active = false;
    timer.cancel();
  }

  asio::steady_timer timer;
  std::function<EventLoop::Clock::duration()> handler;
  bool active = true;
};

template <typename T>
EventLoop::Handle handle_of(std::shared_ptr<T> watch) {
  auto* raw = watch.get();
  return {raw, [keep = std::move(watch)](void*) { keep->end(); }};
}

}  // namespace

EventLoop::EventLoop() : state_(std::make_unique<State>()) {
  state_->signals.async_wait([this](const boost::system::error_code& error, int) {
    if (!error) state_->interrupted = true;
  });
}

EventLoop::~EventLoop() = default;

bool EventLoop::wait_until(const std::function<bool()>& done, Clock::time_point deadline) {
  while (true) {
    if (state_->interrupted) throw Interrupted("interrupted");
    if (done()) return true;
    if (Clock::now() >= deadline) return false;
    state_->io.restart();
    state_->io.run_one_until(deadline);
  }
}

EventLoop::Handle EventLoop::watch_readable(int fd, std::function<void()> handler) {
  auto watch = std::make_shared<ReadableWatch>(state_->io, fd, std::move(handler));
  watch->arm();
  return handle_of(std::move(watch));
}

EventLoop::Handle EventLoop::repeat(Clock::duration first, std::function<Clock::duration()> handler) {
  auto timer = std::make_shared<RepeatingTimer>(state_->io, std::move(handler));
  timer->arm(first);
  return handle_of(std::move(timer));
}

}  // namespace threadmill::harness
