#include "servers/net/thread_group.h"

#include <pthread.h>

#include <memory>
#include <utility>

namespace threadmill::servers {
namespace {

// Enough for the read buffer and the session; the default of 8 MiB would only cost address space.
constexpr std::size_t kStackBytes = 512 << 10;

bool create_detached(void* (*run)(void*), void* argument) {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, kStackBytes);
  ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread{};
  const int error = ::pthread_create(&thread, &attributes, run, argument);
  ::pthread_attr_destroy(&attributes);
  return error == 0;
}

}  // namespace

struct ThreadGroup::Task {
  ThreadGroup& group;
  std::function<void()> work;
};

bool ThreadGroup::start(std::function<void()> work) {
  auto task = std::make_unique<Task>(Task{*this, std::move(work)});
  const std::lock_guard lock(mutex_);
  if (!create_detached(&ThreadGroup::run, task.get())) return false;
  [[maybe_unused]] const auto* owned_by_the_thread = task.release();
  ++count_;
  return true;
}

void* ThreadGroup::run(void* argument) {
  std::unique_ptr<Task> task(static_cast<Task*>(argument));
  ThreadGroup& group = task->group;
  task->work();
  task.reset();
  const std::lock_guard lock(group.mutex_);
  --group.count_;
  if (group.count_ == 0) group.none_left_.notify_all();
  return nullptr;
}

std::size_t ThreadGroup::count() {
  const std::lock_guard lock(mutex_);
  return count_;
}

bool ThreadGroup::wait_until_none(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return none_left_.wait_for(lock, limit, [&] { return count_ == 0; });
}

void ThreadGroup::wait_until_none() {
  std::unique_lock lock(mutex_);
  none_left_.wait(lock, [&] { return count_ == 0; });
}

}  // namespace threadmill::servers
