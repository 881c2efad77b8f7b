#include "servers/net/ring.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "os/clock.h"
#include "os/errors.h"

namespace threadmill::servers {
namespace {

constexpr unsigned kRequests = 512;
// More than that many wait in the kernel, at a price, until they are taken.
constexpr unsigned kCompletions = 8192;
constexpr unsigned kCompletionsPerTurn = 512;
constexpr std::uint64_t kTagBits = 7;

/// A negative errno where there is none to have.
int set_up(unsigned entries, unsigned completions, io_uring& ring) {
  // Receiving many times with one request came with the same kernel as SINGLE_ISSUER (6.0); DEFER_TASKRUN, by
  // which completions are worked on only when we wait for them, with the next one.
  int result = -EINVAL;
  // R_DISABLED: the one issuer is the thread that enables it.
  for (const unsigned flag : {IORING_SETUP_DEFER_TASKRUN, IORING_SETUP_COOP_TASKRUN}) {
    io_uring_params params{};
    params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CLAMP |
                   IORING_SETUP_R_DISABLED | IORING_SETUP_CQSIZE | flag;
    params.cq_entries = completions;
    result = io_uring_queue_init_params(entries, &ring, &params);
    if (result != -EINVAL) break;
  }
  return result;
}

std::string why_not(int error) {
  if (error == ENOSYS) return "this kernel has no io_uring; choose another --model, such as epoll";
  if (error == EPERM || error == EACCES) {
    return "io_uring is forbidden here (sysctl kernel.io_uring_disabled, or a container's seccomp profile); "
           "allow it, or choose another --model, such as epoll";
  }
  if (error == EINVAL)
    return "io_uring of this kernel is too old; it takes Linux 6.0, or another --model, such as epoll";
  if (error == ENOMEM)
    return "there is no memory to lock for a ring of io_uring; raise ulimit -l, or choose another --model, "
           "such as epoll";
  return "cannot set up a ring of io_uring";
}

[[noreturn]] void throw_error(int result, const std::string& what) {
  throw std::system_error(-result, std::generic_category(), what);
}

}  // namespace

Ring::Ring() {
  const int result = set_up(kRequests, kCompletions, ring_);
  if (result < 0) throw_error(result, why_not(-result));
}

Ring::~Ring() { io_uring_queue_exit(&ring_); }

void Ring::begin() {
  // io_uring_enable_rings(3), which Debian's liburing 2.3 declares and does not have.
  if (::syscall(__NR_io_uring_register, ring_.ring_fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0) < 0)
    os::throw_errno("io_uring_register, to enable a ring");
  io_uring_register_ring_fd(&ring_);  // saves the kernel a look-up for each call; without it all works too
}

void Ring::end() { io_uring_unregister_ring_fd(&ring_); }

std::string Ring::missing() {
  io_uring ring{};
  const int result = set_up(8, 16, ring);
  if (result < 0) return why_not(-result);
  io_uring_queue_exit(&ring);
  return {};
}

io_uring_sqe* Ring::request() {
  io_uring_sqe* free = io_uring_get_sqe(&ring_);
  while (free == nullptr) {
    const int result = io_uring_submit(&ring_);
    if (result < 0 && result != -EINTR && result != -EAGAIN && result != -EBUSY)
      throw_error(result, "io_uring_submit");
    free = io_uring_get_sqe(&ring_);
  }
  return free;
}

void Ring::cancel(RingUser& user, unsigned tag) {
  io_uring_sqe* cancel = request();
  io_uring_prep_cancel64(cancel, signature(user, tag), 0);
  sign_off(cancel);
}

void Ring::wait(std::optional<std::int64_t> until_ns) {
  int result = 0;
  if (until_ns) {
    const std::int64_t left_ns = std::max<std::int64_t>(0, *until_ns - os::monotonic_ns());
    __kernel_timespec left{.tv_sec = left_ns / 1'000'000'000, .tv_nsec = left_ns % 1'000'000'000};
    io_uring_cqe* first = nullptr;
    result = io_uring_submit_and_wait_timeout(&ring_, &first, 1, &left, nullptr);
  } else {
    result = io_uring_submit_and_wait(&ring_, 1);
  }
  // EBUSY and EAGAIN: the kernel wants completions taken, or has no memory, for now.
  const bool passes =
      result == -EINTR || result == -ETIME || result == -EBUSY || result == -EAGAIN || result >= 0;
  if (!passes) throw_error(result, "io_uring_submit_and_wait");
}

void Ring::deliver() {
  std::array<io_uring_cqe*, kCompletionsPerTurn> completions;
  const unsigned count = io_uring_peek_batch_cqe(&ring_, completions.data(), kCompletionsPerTurn);
  for (unsigned i = 0; i < count; ++i) {
    const io_uring_cqe& done = *completions[i];
    auto* user = reinterpret_cast<RingUser*>(done.user_data & ~kTagBits);
    if (user != nullptr)
      user->on_completion(static_cast<unsigned>(done.user_data & kTagBits), done.res, done.flags);
  }
  io_uring_cq_advance(&ring_, count);
}

std::optional<int> Ring::take_result(RingUser& user, unsigned tag) {
  unsigned head = 0;
  io_uring_cqe* done = nullptr;
  io_uring_for_each_cqe(&ring_, head, done) {
    if (done->user_data != signature(user, tag)) continue;
    done->user_data = 0;
    return done->res;
  }
  return std::nullopt;
}

}  // namespace threadmill::servers
