#pragma once
// A thread that writes to one subscriber.

#include <pthread.h>

#include <functional>

#include "servers/net/writer_queue.h"

namespace threadmill::servers {

/// Starts with its object and ends with it. Once it has started, nobody else writes to the socket.
class SubscriberWriter {
 public:
  /// `socket` outlives the writer. Throws std::system_error when the system has no thread to give.
  SubscriberWriter(int socket, std::size_t limit_bytes, std::function<void()> on_drained);

  /// Cuts the connection off if something is still to be written.
  ~SubscriberWriter();
  SubscriberWriter(const SubscriberWriter&) = delete;
  SubscriberWriter& operator=(const SubscriberWriter&) = delete;

  /// Where others hand over. When it is closed and written, or the connection fails, the socket is shut down,
  /// which is how the thread that reads it hears of it.
  WriterQueue& queue() { return queue_; }

 private:
  static void* run(void* writer);
  void write_until_the_end();
  bool write(Outbox& writing);

  const int socket_;
  const std::size_t limit_bytes_;
  WriterQueue queue_;
  pthread_t thread_{};
};

}  // namespace threadmill::servers
