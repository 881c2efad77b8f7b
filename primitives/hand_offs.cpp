// From one thread to another on the same CPU, and from one loop to another.

#include <linux/futex.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <semaphore>
#include <thread>

#include "os/descriptor.h"
#include "os/errors.h"
#include "primitives/timing.h"
#include "servers/net/mailbox.h"

namespace threadmill::primitives {
namespace {

constexpr int kHandOffs = 200;

/// The cheapest system call: what going into the kernel and out of it costs.
void system_call(benchmark::State& state) {
  for (auto round : state) {
    state.SetIterationTime(cpu_seconds([] {
                             for (int i = 0; i < kHandOffs; ++i) ::syscall(SYS_getppid);
                           }) /
                           kHandOffs);
  }
}
BENCHMARK(system_call)->Apply([](auto* b) { rounds(b, 200); });

/// futex(2) that wakes a thread, without what that thread then does.
void futex_wake(benchmark::State& state) {
  std::atomic<std::uint32_t> word = 0;
  std::atomic<bool> ended = false;
  const auto futex = [&](int operation, std::uint32_t value) {
    return ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation | FUTEX_PRIVATE_FLAG,
                     value, nullptr, nullptr, 0);
  };
  std::jthread sleeper([&] {
    while (!ended) futex(FUTEX_WAIT, 0);
  });
  const double clock = cpu_seconds([] {});
  for (auto round : state) {
    double took = 0;
    // It sleeps again as soon as it gets the CPU; until then there is nobody to wake.
    for (long woken = 0; woken == 0; ::sched_yield())
      took = cpu_seconds([&] { woken = futex(FUTEX_WAKE, 1); });
    state.SetIterationTime(std::max(0.0, took - clock));
  }
  ended = true;
  word = 1;
  futex(FUTEX_WAKE, 1);
}
BENCHMARK(futex_wake)->Apply([](auto* b) { rounds(b, 1000); });

/// Written, and read again.
void eventfd_wake(benchmark::State& state) {
  const os::Descriptor eventfd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!eventfd) os::throw_errno("eventfd");
  for (auto round : state) {
    state.SetIterationTime(cpu_seconds([&] {
                             for (int i = 0; i < kHandOffs; ++i) {
                               std::uint64_t count = 1;
                               [[maybe_unused]] auto put = ::write(eventfd.get(), &count, sizeof count);
                               [[maybe_unused]] auto got = ::read(eventfd.get(), &count, sizeof count);
                             }
                           }) /
                           kHandOffs);
  }
}
BENCHMARK(eventfd_wake)->Apply([](auto* b) { rounds(b, 100); });

/// Two threads hand each other what the other one sleeps for.
void lock_hand_off(benchmark::State& state) {
  std::binary_semaphore here{0}, there{0};
  std::atomic<bool> ended = false;
  std::jthread other([&] {
    while (true) {
      there.acquire();
      if (ended) return;
      here.release();
    }
  });
  for (auto round : state) {
    state.SetIterationTime(wall_seconds([&] {
                             for (int i = 0; i < kHandOffs; ++i) {
                               there.release();
                               here.acquire();
                             }
                           }) /
                           (2 * kHandOffs));
  }
  ended = true;
  there.release();
}
BENCHMARK(lock_hand_off)->Apply([](auto* b) { rounds(b, 50); });

class Queue {
 public:
  void push(int item) {
    {
      const std::lock_guard lock(mutex_);
      items_.push_back(item);
    }
    ready_.notify_one();
  }
  int pop() {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return !items_.empty(); });
    const int item = items_.front();
    items_.pop_front();
    return item;
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<int> items_;
};

/// To a thread that sleeps, which hands back: two of them.
void queue_hand_off(benchmark::State& state) {
  Queue there, back;
  std::jthread worker([&] {
    for (int item = 1; item != 0;) back.push(item = there.pop());
  });
  const auto round_trip = [&](int item) {
    there.push(item);
    back.pop();
  };
  for (auto round : state) {
    state.SetIterationTime(wall_seconds([&] {
                             for (int i = 0; i < kHandOffs; ++i) round_trip(1);
                           }) /
                           (2 * kHandOffs));
  }
  round_trip(0);
}
BENCHMARK(queue_hand_off)->Apply([](auto* b) { rounds(b, 50); });

/// A letter posted to a loop that is awake, and taken by it.
void mailbox_letter(benchmark::State& state) {
  servers::Mailbox sender(1 << 20), receiver(1 << 20);
  const auto publication =
      std::make_shared<const servers::Publication>(servers::Publication{std::string(64, 'x'), 1});
  for (auto round : state) {
    state.SetIterationTime(cpu_seconds([&] {
                             for (int i = 0; i < kHandOffs; ++i) {
                               receiver.post("topic", publication, sender);
                               receiver.acknowledge();
                               servers::Mail mail;
                               receiver.take(mail);
                             }
                           }) /
                           kHandOffs);
  }
}
BENCHMARK(mailbox_letter)->Apply([](auto* b) { rounds(b, 50); });

}  // namespace
}  // namespace threadmill::primitives
