#include "loadgen/bystanders/vanish.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace threadmill::load {
namespace {

bool begin_repair(int fd) noexcept {
  const int on = TCP_REPAIR_ON;
  return ::setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) == 0;
}

}  // namespace

bool may_repair_sockets() noexcept {
  const os::Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return fd && begin_repair(fd.get());
}

bool all_acknowledged(int fd) noexcept {
  int unacknowledged = 0;
  return ::ioctl(fd, SIOCOUTQ, &unacknowledged) == 0 && unacknowledged == 0;
}

bool vanish(os::Descriptor fd) noexcept { return begin_repair(fd.get()); }

}  // namespace threadmill::load
