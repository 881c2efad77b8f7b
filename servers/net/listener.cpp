#include "servers/net/listener.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

#include "os/errors.h"

namespace threadmill::servers {
namespace {

os::Descriptor open_spare() { return os::Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

[[noreturn]] void throw_cannot_listen(const os::SocketAddress& address, std::string_view option) {
  const int error = errno;
  std::string remedy;
  if (error == EADDRINUSE) remedy = fmt::format(" (choose another {0}, or {0} 0 for a free one)", option);
  if (error == EADDRNOTAVAIL) remedy = " (--address must be an address of this machine)";
  if (error == EACCES)
    remedy = fmt::format(" (ports below 1024 need more rights; choose a {} from 1024 on)", option);
  throw std::system_error(error, std::generic_category(),
                          fmt::format("cannot listen on {}{}", address.to_string(), remedy));
}

/// Errors of accept(2) that belong to one client or to the moment, and not to the listener.
bool is_passing(int error) {
  return error == ECONNABORTED || error == EINTR || error == EPROTO || error == EPERM || error == ENETDOWN ||
         error == ENOPROTOOPT || error == EHOSTDOWN || error == ENONET || error == EHOSTUNREACH ||
         error == ENETUNREACH;
}

bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Listener::Listener(const std::string& host, std::uint16_t port, int backlog, std::string_view option) {
  const os::SocketAddress address(host, port);
  socket_.reset(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) os::throw_errno("socket");
  const int on = 1;
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(socket_.get(), address.get(), address.size()) != 0) throw_cannot_listen(address, option);
  if (::listen(socket_.get(), backlog) != 0) throw_cannot_listen(address, option);
  spare_->descriptor = open_spare();
}

Listener Listener::share_address(int backlog) {
  const int on = 1;
  const os::SocketAddress here = address();
  Listener other;
  other.socket_.reset(::socket(here.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!other.socket_) os::throw_errno("socket");
  for (const int fd : {socket_.get(), other.socket_.get()}) {
    if (::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) os::throw_errno("SO_REUSEPORT");
  }
  ::setsockopt(other.socket_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(other.socket_.get(), here.get(), here.size()) != 0) throw_cannot_listen(here, "--port");
  if (::listen(other.socket_.get(), backlog) != 0) throw_cannot_listen(here, "--port");
  other.spare_ = spare_;
  return other;
}

std::optional<os::Descriptor> Listener::accept(int flags, std::string_view refusal) {
  const std::lock_guard lock(spare_->taking);
  while (true) {
    const int client = ::accept4(socket_.get(), nullptr, nullptr, flags | SOCK_CLOEXEC);
    if (client >= 0) return taken(client);
    if (is_shortage(errno)) {
      refuse_with_spare(refusal);
      return std::nullopt;
    }
    if (!is_passing(errno)) return std::nullopt;
  }
}

os::Descriptor Listener::taken(int client) {
  const int on = 1;
  ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ++accepted_;
  return os::Descriptor(client);
}

void Listener::refuse(os::Descriptor client, std::string_view refusal) {
  ++refused_;
  tell(client.get(), refusal);
}

void Listener::close() {
  ::shutdown(socket_.get(), SHUT_RDWR);
  socket_.reset();
}

void Listener::tell(int client, std::string_view refusal) {
  if (!refusal.empty()) {
    [[maybe_unused]] const auto sent =
        ::send(client, refusal.data(), refusal.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
}

void Listener::refuse_with_spare(std::string_view refusal) {
  spare_->descriptor.reset();
  os::Descriptor client(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (client) {
    refuse(std::move(client), refusal);
  } else {
    // The whole system is short, not only this process. The client stays readable in the queue: do not spin
    // on it.
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  spare_->descriptor = open_spare();
}

bool Listener::has_spare() {
  const std::lock_guard lock(spare_->taking);
  if (!spare_->descriptor) spare_->descriptor = open_spare();
  return static_cast<bool>(spare_->descriptor);
}

}  // namespace threadmill::servers
