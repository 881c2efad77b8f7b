#include "tests/conformance/client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>

#include "os/address.h"
#include "tests/conformance/process_family.h"

namespace threadmill::conformance {
namespace {

constexpr timeval kWaitLimit{30, 0};

}  // namespace

Client::Client(std::uint16_t port, int receive_buffer_bytes)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const os::SocketAddress address("127.0.0.1", port);
  if (receive_buffer_bytes > 0) {
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  }
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &kWaitLimit, sizeof kWaitLimit);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &kWaitLimit, sizeof kWaitLimit);
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket_.get(), address.get(), address.size()) != 0)
    throw std::runtime_error("cannot connect");
}

void Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) throw std::runtime_error("cannot send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::size_t Client::send_some(std::string_view bytes) {
  const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

std::size_t Client::send_until_stuck(std::string_view text, pid_t server) {
  // Of a millisecond each, one after the other: a server that is slow to read, or that waits for a CPU, is
  // not stuck.
  constexpr int kStalls = 20;
  // Only one that never sleeps gets there.
  constexpr int kLooks = 5'000;
  std::size_t sent = 0;
  int stalls = 0;
  for (int looks = 0; stalls < kStalls && looks < kLooks && sent < kFarTooMuch; ++looks) {
    const std::size_t took = send_some(text.substr(sent % text.size()));
    sent += took;
    if (took > 0) {
      looks = stalls = 0;
      continue;
    }
    stalls = is_asleep(server) ? stalls + 1 : 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return sent;
}

bool Client::receive() {
  char buffer[64 << 10];
  ssize_t got = 0;
  do {  // a limit of time makes even SIGCONT interrupt it
    errno = 0;
    got = ::recv(socket_.get(), buffer, sizeof buffer, 0);
  } while (got < 0 && errno == EINTR);
  if (got > 0) unread_.append(buffer, static_cast<std::size_t>(got));
  return got > 0;
}

std::string Client::read(std::size_t bytes) {
  while (unread_.size() < bytes && receive()) {
  }
  std::string text = unread_.substr(0, bytes);
  unread_.erase(0, text.size());
  return text;
}

std::string Client::read_until(std::string_view ending) {
  std::size_t searched = 0;
  while (true) {
    const auto found = unread_.find(ending, searched);
    if (found != std::string::npos) return read(found + ending.size());
    searched = unread_.size() - std::min(unread_.size(), ending.size());
    if (!receive()) return std::exchange(unread_, {});
  }
}

std::string Client::read_to_end() {
  while (receive()) {
  }
  if (errno == EAGAIN || errno == EWOULDBLOCK)
    throw std::runtime_error("the server did not end the connection");
  return std::exchange(unread_, {});
}

std::string Client::read_now() {
  char buffer[64 << 10];
  for (ssize_t got = 1; got > 0;) {
    got = ::recv(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (got > 0) unread_.append(buffer, static_cast<std::size_t>(got));
  }
  return std::exchange(unread_, {});
}

bool Client::has_ended() const {
  pollfd events{socket_.get(), POLLRDHUP, 0};
  return ::poll(&events, 1, 0) > 0;
}

std::string Client::ask(std::string_view request, std::string_view expected) {
  send(request);
  return read(expected.size());
}

void Client::half_close() { ::shutdown(socket_.get(), SHUT_WR); }

void Client::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket_.reset();
}

}  // namespace threadmill::conformance
