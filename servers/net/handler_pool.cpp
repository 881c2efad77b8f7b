#include "servers/net/handler_pool.h"

#include <stdexcept>
#include <utility>

namespace threadmill::servers {

HandlerPool::HandlerPool(std::size_t threads, std::size_t most_waiting) : most_waiting_(most_waiting) {
  for (std::size_t i = 0; i < threads && threads_.start([this] { work(); }); ++i) {
  }
  if (threads_.count() == 0) throw std::runtime_error("the system has no thread to give");
}

HandlerPool::~HandlerPool() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  work_.notify_all();
  threads_.wait_until_none();
}

bool HandlerPool::full() {
  const std::lock_guard lock(mutex_);
  return jobs_.size() >= most_waiting_;
}

void HandlerPool::queue(Handler& handler, std::string input) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({&handler, std::move(input)});
  }
  work_.notify_one();
}

void HandlerPool::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [&] { return ended_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const Job job = std::exchange(jobs_.front(), {});
    jobs_.pop_front();
    lock.unlock();
    job.handler->run(job.input);
    lock.lock();
  }
}

}  // namespace threadmill::servers
