#include "servers/net/blocking_connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "servers/net/socket_io.h"

namespace threadmill::servers {
namespace {

constexpr short kInput = POLLIN | POLLHUP | POLLERR;

enum class Progress { open, closing, ended };

/// Reads once and runs the session. Called without the lock.
Progress read_and_answer(const PublicationConnection& connection, std::span<char> buffer) {
  const auto got = read_some(connection.socket, buffer, MSG_DONTWAIT);
  if (got.status == IoStatus::would_block) return Progress::open;
  if (got.status == IoStatus::ended) return Progress::closing;
  if (got.status == IoStatus::failed) return Progress::ended;
  std::unique_lock lock(connection.mutex);
  const Verdict verdict = connection.session.on_bytes(got.bytes, connection.outbox);
  lock.unlock();
  if (connection.after_bytes) connection.after_bytes();
  return verdict == Verdict::close ? Progress::closing : Progress::open;
}

}  // namespace

void serve_requests(int socket, Session& session, Outbox& outbox) {
  std::array<char, kReadBytes> buffer;
  while (true) {
    const auto got = read_some(socket, buffer, 0);
    if (got.status != IoStatus::done) return;
    const Verdict verdict = session.on_bytes(got.bytes, outbox);
    if (outbox.overflowed() || write_waiting(socket, outbox, 0) != IoStatus::done ||
        verdict == Verdict::close)
      return;
  }
}

void serve_with_publications(const PublicationConnection& connection) {
  std::array<char, kReadBytes> buffer;
  auto progress = Progress::open;
  bool blocked = false;
  while (progress != Progress::ended) {
    if (progress == Progress::closing && !blocked) return;
    const short socket_events = blocked ? POLLOUT : POLLIN;
    std::array<pollfd, 2> ready = {{{connection.socket, socket_events, 0},
                                    {connection.source.fd(), blocked ? short{0} : short{POLLIN}, 0}}};
    if (::poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) return;
    if (ready[1].revents != 0 && !connection.source.on_readable()) return;
    if (!blocked && (ready[0].revents & kInput) != 0) progress = read_and_answer(connection, buffer);
    if (blocked && (ready[0].revents & POLLERR) != 0) return;

    const std::lock_guard lock(connection.mutex);
    if (connection.outbox.overflowed()) return;
    const auto written = write_waiting(connection.socket, connection.outbox, MSG_DONTWAIT);
    if (written == IoStatus::failed) return;
    blocked = written == IoStatus::would_block;
  }
}

}  // namespace threadmill::servers
