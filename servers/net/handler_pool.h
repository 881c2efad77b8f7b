#pragma once
// Threads that run handlers, from one bounded queue.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>

#include "servers/net/thread_group.h"

namespace threadmill::servers {

/// What a worker runs.
class Handler {
 public:
  virtual ~Handler() = default;
  /// In a worker's thread.
  virtual void run(std::string_view input) = 0;
};

class HandlerPool {
 public:
  /// At most `most_waiting` jobs wait for a thread. Throws std::runtime_error when the system has no thread
  /// to give.
  HandlerPool(std::size_t threads, std::size_t most_waiting);
  /// All jobs have been run by then.
  ~HandlerPool();

  /// Whether no more may be queued now: to be asked beforehand, by the one thread that queues.
  bool full();
  void queue(Handler& handler, std::string input);

 private:
  struct Job {
    Handler* handler;
    std::string input;
  };
  void work();

  const std::size_t most_waiting_;
  std::mutex mutex_;  ///< guards what follows
  std::condition_variable work_;
  std::deque<Job> jobs_;
  bool ended_ = false;
  ThreadGroup threads_;
};

}  // namespace threadmill::servers
