#include "servers/net/side_by_side.h"

#include <signal.h>
#include <unistd.h>

#include <exception>
#include <thread>

namespace threadmill::servers {

void run_side_by_side(const std::vector<std::function<void()>>& tasks) {
  std::vector<std::exception_ptr> failures(tasks.size());
  const auto fail = [&](std::size_t i) {
    failures[i] = std::current_exception();
    ::kill(::getpid(), SIGTERM);
  };
  const auto run = [&](std::size_t i) {
    try {
      tasks[i]();
    } catch (...) {
      fail(i);
    }
  };
  {
    std::vector<std::jthread> threads;
    try {
      for (std::size_t i = 1; i < tasks.size(); ++i) threads.emplace_back(run, i);
    } catch (...) {
      fail(0);
    }
    if (!failures[0]) run(0);
  }
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace threadmill::servers
