#include "loadgen/reference/kernel_stamps.h"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>

#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "os/address.h"
#include "os/clock.h"
#include "os/descriptor.h"
#include "os/errors.h"

namespace threadmill::load::reference {
namespace {

constexpr std::size_t kControlBytes = 256;
constexpr std::int64_t kStampingLimitNs = 1'000'000'000;

void set_stamping(int fd, int flags) {
  if (::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags) != 0)
    os::throw_errno("setsockopt SO_TIMESTAMPING");
}

bool is_stamp(const cmsghdr& header) {
  return header.cmsg_level == SOL_SOCKET && header.cmsg_type == SCM_TIMESTAMPING;
}

bool is_send_report(const cmsghdr& header) {
  return header.cmsg_level == SOL_IP && header.cmsg_type == IP_RECVERR;
}

std::int64_t software_stamp_ns(const cmsghdr& header) {
  scm_timestamping stamps;
  std::memcpy(&stamps, CMSG_DATA(&header), sizeof stamps);
  return std::int64_t{stamps.ts[0].tv_sec} * 1'000'000'000 + stamps.ts[0].tv_nsec;
}

/// A datagram socket that is connected to itself: what it sends has arrived when send(2) returns, or soon
/// after.
os::Descriptor echoing_socket() {
  os::Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) os::throw_errno("socket");
  const os::SocketAddress any_port("127.0.0.1", 0);
  if (::bind(socket.get(), any_port.get(), any_port.size()) != 0) os::throw_errno("bind 127.0.0.1");
  const auto own = os::SocketAddress::of_socket(socket.get());
  if (::connect(socket.get(), own.get(), own.size()) != 0) os::throw_errno("connect " + own.to_string());
  return socket;
}

}  // namespace

void wait_for_stamping() {
  const os::Descriptor socket = echoing_socket();
  stamp_arrivals(socket.get());
  const std::int64_t give_up_ns = os::monotonic_ns() + kStampingLimitNs;
  while (os::monotonic_ns() < give_up_ns) {
    char byte = 0;
    if (::send(socket.get(), &byte, 1, MSG_DONTWAIT) == 1 &&
        receive_stamped(socket.get(), {&byte, 1}).stamp_ns != 0)
      return;
    // Not a busy wait: what turns it on is a thread of the kernel that may want this CPU.
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  throw std::runtime_error(
      "the kernel gives no timestamps of packets on 127.0.0.1 (SO_TIMESTAMPING), so nobody can know the true "
      "latency here; use another machine or kernel");
}

void stamp_arrivals(int listener) {
  set_stamping(listener, SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE);
}

void stamp_both_ways(int connection) {
  // OPT_ID numbers the stamps by bytes from here on; OPT_TSONLY spares the copy of the packet.
  set_stamping(connection, SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE |
                               SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID |
                               SOF_TIMESTAMPING_OPT_TSONLY);
}

StampedRead receive_stamped(int connection, std::span<char> buffer) noexcept {
  alignas(cmsghdr) char control[kControlBytes];
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  StampedRead read{.bytes = ::recvmsg(connection, &message, MSG_DONTWAIT)};
  if (read.bytes <= 0) return read;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (is_stamp(*header)) read.stamp_ns = software_stamp_ns(*header);
  }
  return read;
}

std::optional<Departure> next_departure(int connection) noexcept {
  alignas(cmsghdr) char control[kControlBytes];
  msghdr message{};
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (::recvmsg(connection, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return std::nullopt;
  Departure departure;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (is_stamp(*header)) departure.stamp_ns = software_stamp_ns(*header);
    if (!is_send_report(*header)) continue;
    sock_extended_err report;
    std::memcpy(&report, CMSG_DATA(header), sizeof report);
    departure.last_byte = report.ee_data;
  }
  return departure;
}

}  // namespace threadmill::load::reference
