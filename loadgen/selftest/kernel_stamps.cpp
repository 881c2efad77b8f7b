#include "loadgen/selftest/kernel_stamps.h"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>

#include <cstring>

#include "os/errors.h"

namespace threadmill::load::selftest {
namespace {

constexpr std::size_t kControlBytes = 256;

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

}  // namespace

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

}  // namespace threadmill::load::selftest
