#pragma once
// What a model does for one request, in terms of work whose cost can be measured by itself (`threadmill
// primitives`). From it and from what the sampler counted the report predicts CPU time per request
// (results/costs/).

#include <string_view>

namespace threadmill::servers {

/// A piece of work. Its name in result files is to_string(): results/costs/ knows what each costs.
enum class Work {
  receive,          ///< recv(2) that brings a message
  send,             ///< send(2) of a message
  epoll_ready,      ///< a socket that epoll_wait(2) reports
  epoll_turn,       ///< epoll_wait(2) itself
  epoll_change,     ///< epoll_ctl(2) of a watched socket: one-shot events are armed again
  poll_turn,        ///< poll(2) over all connections
  select_turn,      ///< select(2) over all connections
  uring_receive,    ///< a message that io_uring brings: the work of recv(2) without the system call
  uring_send,       ///< a message that io_uring sends
  uring_operation,  ///< an operation of io_uring besides the work on the socket: queueing it, reaping it
  uring_turn,       ///< io_uring_enter(2) itself
  thread_switch,    ///< a thread sleeps in recv(2), a message wakes it, it gets the CPU from another one
  process_switch,   ///< the same between processes: another address space
  queue_hand_off,   ///< through a queue behind a lock and a condition variable, to a thread that sleeps
  eventfd_wake,     ///< an eventfd written, and read again by who it woke
};

std::string_view to_string(Work work);

/// How often.
enum class Often {
  request,      ///< for each request
  task_switch,  ///< for each context switch that was counted: per client, as many as the load makes
  turn,         ///< for each system call that was counted and that the rest of the list does not account for
};

std::string_view to_string(Often often);

struct RequestWork {
  Work work;
  Often often = Often::request;
  double times = 1;
};

}  // namespace threadmill::servers
