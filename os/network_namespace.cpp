#include "os/network_namespace.h"

#include <fcntl.h>
#include <sched.h>

#include <exception>
#include <thread>

#include "os/errors.h"

namespace threadmill::os {
namespace {

/// A thread that has left the namespace of its process cannot be counted on to come back; so it ends.
void on_a_thread_of_its_own(const std::function<void()>& work) {
  std::exception_ptr failure;
  std::thread thread([&] {
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
  });
  thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

Descriptor make_network_namespace() {
  Descriptor made;
  on_a_thread_of_its_own([&] {
    if (::unshare(CLONE_NEWNET) != 0) throw_errno("unshare a network namespace");
    made.reset(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    if (!made) throw_errno("open /proc/thread-self/ns/net");
  });
  return made;
}

void in_network_namespace(int network_namespace, const std::function<void()>& work) {
  if (network_namespace < 0) return work();
  on_a_thread_of_its_own([&] {
    if (!try_enter_network_namespace(network_namespace)) throw_errno("enter a network namespace");
    work();
  });
}

bool try_enter_network_namespace(int network_namespace) noexcept {
  return network_namespace < 0 || ::setns(network_namespace, CLONE_NEWNET) == 0;
}

}  // namespace threadmill::os
