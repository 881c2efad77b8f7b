#include "harness/network/packet_relay.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <queue>
#include <vector>

#include "harness/network/delay_line.h"
#include "harness/network/network_error.h"
#include "os/errors.h"
#include "os/network_namespace.h"

namespace threadmill::harness {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kEthernetHeader_bytes = 14;  // which packets of a tun device lack
constexpr std::size_t kLargestPacket_bytes = 64 << 10;
// Taken from one side before the other has its turn, and before what is due is passed on.
constexpr int kPacketsInATurn = 64;

os::Descriptor make_tun(int network_namespace, const char* device) {
  os::Descriptor tun;
  os::in_network_namespace(network_namespace, [&] {
    tun.reset(::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK));
    ifreq request{};
    std::strncpy(request.ifr_name, device, IFNAMSIZ - 1);
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    if (tun && ::ioctl(tun.get(), TUNSETIFF, &request) == 0) return;
    throw NetworkError(fmt::format(
        "the kernel has neither netem, which delays and loses packets, nor a tun device for doing "
        "it outside (/dev/net/tun: {}): load one of them (modprobe sch_netem, or modprobe tun), or "
        "boot a kernel that has it (Debian's package linux-image-amd64 does)",
        std::strerror(errno)));
  });
  return tun;
}

struct Packet {
  Clock::time_point due;
  std::vector<char> bytes;
};

struct DueLater {
  bool operator()(const Packet& a, const Packet& b) const { return a.due > b.due; }
};

/// One direction: what has been taken from one device and is not yet due at the other.
class Direction {
 public:
  Direction(int from, int to, const NetworkConditions& conditions)
      : from_(from), to_(to), line_(conditions, std::random_device{}()), most_(packets_held(conditions)) {}

  /// `cut`: all of it is lost, but what is on the way already.
  void take(bool cut) {
    std::array<char, kLargestPacket_bytes> buffer;
    for (int i = 0; i < kPacketsInATurn; ++i) {
      const auto size = ::read(from_, buffer.data(), buffer.size());
      if (size <= 0) return;
      const auto due = line_.arrival(Clock::now(), static_cast<std::size_t>(size) + kEthernetHeader_bytes);
      if (due && !cut && on_the_way_.size() < most_)
        on_the_way_.push({*due, std::vector<char>(buffer.data(), buffer.data() + size)});
    }
  }

  void pass_on(Clock::time_point now) {
    for (; !on_the_way_.empty() && on_the_way_.top().due <= now; on_the_way_.pop()) {
      const auto& bytes = on_the_way_.top().bytes;
      // What a device that is down does not take is lost, as on any wire.
      [[maybe_unused]] const auto written = ::write(to_, bytes.data(), bytes.size());
    }
  }

  Clock::time_point next_due() const {
    return on_the_way_.empty() ? Clock::time_point::max() : on_the_way_.top().due;
  }

 private:
  int from_;
  int to_;
  DelayLine line_;
  std::size_t most_;
  std::priority_queue<Packet, std::vector<Packet>, DueLater> on_the_way_;
};

/// Where the kernel does not let it, it is only less exact, which the time of a connect shows.
void be_punctual() {
  const sched_param first_of_all{.sched_priority = ::sched_get_priority_min(SCHED_FIFO)};
  ::sched_setscheduler(0, SCHED_FIFO, &first_of_all);
  ::prctl(PR_SET_TIMERSLACK, 1);
}

void wait_until(Clock::time_point due, std::array<pollfd, 3>& events) {
  if (due == Clock::time_point::max()) {
    ::ppoll(events.data(), events.size(), nullptr, nullptr);
    return;
  }
  const auto left = std::max(due - Clock::now(), Clock::duration::zero());
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
  const timespec timeout{whole.count(), std::chrono::nanoseconds(left - whole).count()};
  ::ppoll(events.data(), events.size(), &timeout, nullptr);
}

void relay(int one, int other, int stop, const NetworkConditions& conditions, const std::atomic<bool>& cut) {
  be_punctual();
  Direction there(one, other, conditions);
  Direction back(other, one, conditions);
  std::array<pollfd, 3> events{{{one, POLLIN, 0}, {other, POLLIN, 0}, {stop, POLLIN, 0}}};
  while (true) {
    wait_until(std::min(there.next_due(), back.next_due()), events);
    if (events[2].revents != 0) return;
    if (events[0].revents != 0) there.take(cut);
    if (events[1].revents != 0) back.take(cut);
    const auto now = Clock::now();
    there.pass_on(now);
    back.pass_on(now);
  }
}

}  // namespace

PacketRelay::PacketRelay(int one_namespace, int other_namespace, const char* device,
                         const NetworkConditions& conditions)
    : one_(make_tun(one_namespace, device)),
      other_(make_tun(other_namespace, device)),
      stop_(::eventfd(0, EFD_CLOEXEC)) {
  if (!stop_) os::throw_errno("eventfd");
  thread_ = std::thread(relay, one_.get(), other_.get(), stop_.get(), conditions, std::cref(cut_));
}

PacketRelay::~PacketRelay() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof one);
  thread_.join();
}

}  // namespace threadmill::harness
