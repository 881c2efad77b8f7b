#include "servers/net/subscriber_writer.h"

#include <poll.h>
#include <sys/socket.h>

#include <system_error>
#include <utility>

#include "servers/net/socket_io.h"

namespace threadmill::servers {
namespace {

// Enough to call write_waiting() under any sanitizer; the default of 8 MiB would only cost address space.
constexpr std::size_t kWriterStackBytes = 256 << 10;

}  // namespace

SubscriberWriter::SubscriberWriter(int socket, std::size_t limit_bytes, std::function<void()> on_drained)
    : socket_(socket), limit_bytes_(limit_bytes), queue_(limit_bytes, std::move(on_drained)) {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, kWriterStackBytes);
  const int error = ::pthread_create(&thread_, &attributes, &SubscriberWriter::run, this);
  ::pthread_attr_destroy(&attributes);
  if (error != 0) throw std::system_error(error, std::generic_category(), "pthread_create");
}

SubscriberWriter::~SubscriberWriter() {
  queue_.abandon();
  ::shutdown(socket_, SHUT_RDWR);  // it may wait for room in the socket
  ::pthread_join(thread_, nullptr);
}

void* SubscriberWriter::run(void* writer) {
  static_cast<SubscriberWriter*>(writer)->write_until_the_end();
  return nullptr;
}

void SubscriberWriter::write_until_the_end() {
  Outbox writing(2 * limit_bytes_);  // as that of the queue, with which it changes places
  while (queue_.take(writing)) {
    if (!write(writing)) {
      queue_.fail();
      break;
    }
  }
  ::shutdown(socket_, SHUT_RDWR);
}

bool SubscriberWriter::write(Outbox& writing) {
  while (true) {
    const auto status = write_waiting(socket_, writing, MSG_DONTWAIT);
    if (status != IoStatus::would_block) return status == IoStatus::done;
    queue_.set_blocked(true);
    pollfd room{socket_, POLLOUT, 0};
    ::poll(&room, 1, -1);
    queue_.set_blocked(false);
  }
}

}  // namespace threadmill::servers
