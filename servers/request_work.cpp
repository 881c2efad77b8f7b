#include "servers/request_work.h"

#include <array>

namespace threadmill::servers {

std::string_view to_string(Work work) {
  constexpr std::array<std::string_view, 15> names = {
      "receive",    "send",          "epoll_ready",    "epoll_turn",     "epoll_change",
      "poll_turn",  "select_turn",   "uring_receive",  "uring_send",     "uring_operation",
      "uring_turn", "thread_switch", "process_switch", "queue_hand_off", "eventfd_wake"};
  static_assert(names.size() == static_cast<std::size_t>(Work::eventfd_wake) + 1);
  return names[static_cast<std::size_t>(work)];
}

std::string_view to_string(Often often) {
  constexpr std::array<std::string_view, 3> names = {"request", "task_switch", "turn"};
  return names[static_cast<std::size_t>(often)];
}

}  // namespace threadmill::servers
