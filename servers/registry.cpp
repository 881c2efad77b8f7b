#include "servers/registry.h"

#include <algorithm>
#include <array>

namespace threadmill::servers {

// Each is defined in its own file in servers/models/.
Serve serve_iterative;
Serve serve_fork;
Serve serve_prefork;
Serve serve_prefork_dispatch;
Serve serve_thread;
Serve serve_select;
Serve serve_poll;
Serve serve_thread_pool;
Serve serve_leader_follower;
Serve serve_reactor_pool;
Serve serve_epoll;
Serve serve_epoll_edge;
Serve serve_multi_reactor;
Serve serve_reuseport;
Serve serve_broker;
Serve serve_process_loops;
Serve serve_asio_callback;
Serve serve_asio_coroutine;
Serve serve_asio_pool;
Serve serve_bare_epoll;
#ifdef THREADMILL_IO_URING
Serve serve_io_uring;
Missing io_uring_missing;
#endif

namespace {

using enum FlushKind;

// What a request takes where a loop waits in epoll_wait(2), and where each client has a thread or process.
const std::vector<RequestWork> kEpollLoop = {
    {Work::receive}, {Work::send}, {Work::epoll_ready}, {Work::epoll_turn, Often::turn}};
const std::vector<RequestWork> kThreadForEach = {
    {Work::receive}, {Work::send}, {Work::thread_switch, Often::task_switch}};
const std::vector<RequestWork> kProcessForEach = {
    {Work::receive}, {Work::send}, {Work::process_switch, Often::task_switch}};

const std::vector<RequestWork> kSelectLoop = {
    {Work::receive}, {Work::send}, {Work::select_turn, Often::turn}};
const std::vector<RequestWork> kPollLoop = {{Work::receive}, {Work::send}, {Work::poll_turn, Often::turn}};
const std::vector<RequestWork> kLeaderFollower = {{Work::receive},
                                                  {Work::send},
                                                  {Work::epoll_ready},
                                                  {Work::epoll_change},
                                                  {Work::thread_switch, Often::task_switch},
                                                  {Work::epoll_turn, Often::turn}};
const std::vector<RequestWork> kReactorPool = {{Work::receive},
                                               {Work::send},
                                               {Work::epoll_ready},
                                               {Work::epoll_change},
                                               {Work::queue_hand_off},
                                               {Work::eventfd_wake},
                                               {Work::epoll_turn, Often::turn}};

// Each wait is a change of what epoll watches.
const std::vector<RequestWork> kAsioLoop = {{Work::receive},
                                            {Work::send},
                                            {Work::epoll_ready},
                                            {Work::epoll_change},
                                            {Work::epoll_turn, Often::turn}};
const std::vector<RequestWork> kAsioPool = {{Work::receive},
                                            {Work::send},
                                            {Work::epoll_ready},
                                            {Work::epoll_change},
                                            {Work::thread_switch, Often::task_switch},
                                            {Work::epoll_turn, Often::turn}};

#ifdef THREADMILL_IO_URING
const std::vector<RequestWork> kRing = {{Work::uring_receive},
                                        {Work::uring_send},
                                        {Work::uring_operation, Often::request, 2},
                                        {Work::uring_turn, Often::turn}};
#endif

const std::array kModels = {
    Model{{.name = "iterative",
           .summary = "One thread that serves one client to its end before it takes the next.",
           .concurrency = "none: one client at a time",
           .services = {"echo", "chat"},
           .flushes = {immediate},
           .one_at_a_time = true,
           .shared = "nothing",
           .work = kThreadForEach},
          serve_iterative},
    Model{{.name = "fork",
           .summary =
               "A child process for each client; the parent accepts and is the switchboard between them.",
           .concurrency = "process per client",
           .services = {"echo", "chat"},
           .flushes = {immediate, tick},
           .answers_at_once = true,
           .processes = true,
           .per_client = true,
           .shared = "nothing; topics and rooms live in the parent",
           .work = kProcessForEach},
          serve_fork},
    Model{{.name = "prefork",
           .summary =
               "Child processes that stand ready accept by themselves; each serves one client to its end.",
           .concurrency = "process per client, started beforehand",
           .services = {"echo", "chat"},
           .flushes = {immediate, tick},
           .answers_at_once = true,
           .workers = Workers::spare,
           .processes = true,
           .shared = "the listener and a page that says who is idle; topics and rooms live in the parent",
           .work = kProcessForEach},
          serve_prefork},
    Model{{.name = "prefork-dispatch",
           .summary = "The parent accepts and hands each client to a child process that stands ready.",
           .concurrency = "process per client, started beforehand",
           .services = {"echo", "chat"},
           .flushes = {immediate, tick},
           .answers_at_once = true,
           .workers = Workers::spare,
           .processes = true,
           .shared = "nothing; topics and rooms live in the parent",
           .work = kProcessForEach},
          serve_prefork_dispatch},
    Model{{.name = "thread",
           .summary = "A thread for each client; topics are guarded by a lock.",
           .concurrency = "thread per client",
           .services = {"echo", "chat"},
           .flushes = {immediate, tick},
           .answers_at_once = true,
           .per_client = true,
           .shared = "topics, rooms and each outbox (locks)",
           .work = kThreadForEach},
          serve_thread},
    Model{{.name = "select",
           .summary =
               "One thread and one loop over all clients, select(2): bits for all descriptors each turn.",
           .concurrency = "one event loop",
           .services = {"echo", "chat", "web"},
           .flushes = {immediate, tick, delay},
           .shared = "nothing",
           .work = kSelectLoop},
          serve_select},
    Model{{.name = "poll",
           .summary = "One thread and one loop over all clients, poll(2): an array of all sockets each turn.",
           .concurrency = "one event loop",
           .services = {"echo", "chat", "web"},
           .flushes = {immediate, tick, delay},
           .shared = "nothing",
           .work = kPollLoop},
          serve_poll},
    Model{{.name = "thread-pool",
           .summary = "Threads that stand ready accept by themselves; each serves one client to its end.",
           .concurrency = "thread per client, started beforehand",
           .services = {"echo", "chat"},
           .flushes = {immediate, tick},
           .answers_at_once = true,
           .workers = Workers::spare,
           .shared = "the listener; topics, rooms and each outbox (locks)",
           .work = kThreadForEach},
          serve_thread_pool},
    Model{{.name = "leader-follower",
           .summary = "A few threads take turns at waiting for all clients; who gets an event handles it.",
           .concurrency = "threads that share all clients",
           .services = {"echo", "chat"},
           .flushes = {immediate, tick},
           .answers_at_once = true,
           .workers = Workers::fixed,
           .shared = "the epoll set; topics, rooms and each outbox (locks)",
           .work = kLeaderFollower},
          serve_leader_follower},
    Model{{.name = "reactor-pool",
           .summary = "One loop reads and writes; a pool of threads runs what the clients ask for.",
           .concurrency = "an event loop and worker threads",
           .services = {"echo", "chat"},
           .flushes = {immediate, tick},
           .answers_at_once = true,
           .workers = Workers::fixed,
           .shared = "the queue of handlers; topics, rooms and each outbox (locks)",
           .work = kReactorPool},
          serve_reactor_pool},
    Model{{.name = "epoll",
           .summary = "One thread and one loop over all clients, level-triggered epoll.",
           .concurrency = "one event loop",
           .services = {"echo", "chat", "web"},
           .flushes = {immediate, tick, delay},
           .shared = "nothing",
           .work = kEpollLoop},
          serve_epoll},
    Model{
        {.name = "epoll-edge",
         .summary =
             "One thread and one loop over all clients, edge-triggered epoll with a list of the unfinished.",
         .concurrency = "one event loop",
         .services = {"echo", "chat", "web"},
         .flushes = {immediate, tick, delay},
         .shared = "nothing",
         .work = kEpollLoop},
        serve_epoll_edge},
    Model{{.name = "multi-reactor",
           .summary = "A loop that accepts hands each client to one of N loops, each on its own thread.",
           .concurrency = "N event loops, one acceptor",
           .services = {"echo", "chat"},
           .flushes = {immediate, tick, delay},
           .workers = Workers::fixed,
           .most_workers = kMostLoops,
           .shared = "mailboxes between loops; rooms (a lock)",
           .work = kEpollLoop},
          serve_multi_reactor},
    Model{{.name = "reuseport",
           .summary = "N event loops, each on its own thread and with its own listening socket.",
           .concurrency = "N event loops",
           .services = {"echo", "chat"},
           .flushes = {immediate, tick, delay},
           .workers = Workers::fixed,
           .most_workers = kMostLoops,
           .shared = "mailboxes between loops; rooms (a lock)",
           .work = kEpollLoop},
          serve_reuseport},
    Model{{.name = "broker",
           .summary = "An event loop with a queue for each topic, written in batches once a turn.",
           .concurrency = "one event loop, batched",
           .services = {"echo", "chat", "web"},
           .flushes = {tick, delay},
           .distributions = {Distribution::batch, Distribution::broadcast, Distribution::writers},
           .shards = true,
           .clusters = true,
           .shared = "nothing; of several loops: mailboxes, who has members of what",
           .work = kEpollLoop},
          serve_broker},
    Model{{.name = "process-loops",
           .summary = "Processes that are each an event loop with a listener of its own; the parent is the "
                      "switchboard between them.",
           .concurrency = "an event loop per process",
           .services = {"echo", "chat"},
           .flushes = {immediate, tick},
           .workers = Workers::fixed,
           .processes = true,
           .shared = "nothing; topics and rooms live in the parent",
           .work = kEpollLoop},
          serve_process_loops},
    Model{{.name = "asio-callback",
           .summary = "One thread runs a Boost.Asio io_context, which calls back what can go on.",
           .concurrency = "one event loop",
           .services = {"echo", "chat"},
           .flushes = {immediate},
           .shared = "nothing",
           .work = kAsioLoop},
          serve_asio_callback},
    Model{{.name = "asio-coroutine",
           .summary = "One thread runs a Boost.Asio io_context, which resumes each client's C++20 coroutine.",
           .concurrency = "coroutine per client",
           .services = {"echo", "chat"},
           .flushes = {immediate},
           .shared = "nothing",
           .work = kAsioLoop},
          serve_asio_coroutine},
    Model{{.name = "asio-pool",
           .summary = "N threads run one Boost.Asio io_context, with a strand for each connection.",
           .concurrency = "threads that share all clients",
           .services = {"echo", "chat"},
           .flushes = {tick},
           .workers = Workers::fixed,
           .shared = "the queue of io_context; topics, rooms and what is handed to each connection (locks)",
           .work = kAsioPool},
          serve_asio_pool},
#ifdef THREADMILL_IO_URING
    Model{{.name = "io-uring",
           .summary = "A ring of io_uring for each CPU: the kernel accepts and receives by itself.",
           .concurrency = "N rings",
           .services = {"echo", "chat"},
           .flushes = {tick},
           .workers = Workers::fixed,
           .most_workers = kMostLoops,
           .shared = "mailboxes between rings; rooms (a lock)",
           .work = kRing},
          serve_io_uring,
          io_uring_missing},
#endif
    Model{{.name = "bare-epoll",
           .summary = "The barest echo loop on epoll: the ceiling of this machine, not a model to choose.",
           .concurrency = "one bare loop",
           .services = {"echo"},
           .flushes = {immediate},
           .ceiling = true,
           .shared = "nothing",
           .work = kEpollLoop},
          serve_bare_epoll},
};

}  // namespace

std::span<const Model> models() { return kModels; }

std::string_view clients_per_worker(const ModelTraits& traits) {
  if (traits.one_at_a_time) return "one, others wait";
  return traits.per_client || traits.workers == Workers::spare ? "one" : "many";
}

std::vector<FlushKind> flushes_of(const ModelTraits& traits, Distribution distribution) {
  switch (distribution) {
    case Distribution::batch:
      return traits.flushes;
    case Distribution::broadcast:
      return {immediate};
    case Distribution::writers:
      return {tick, immediate};
  }
  return {};
}

const Model* find_model(std::string_view name) {
  const auto found = std::find_if(kModels.begin(), kModels.end(),
                                  [&](const Model& model) { return model.traits.name == name; });
  return found == kModels.end() ? nullptr : &*found;
}

}  // namespace threadmill::servers
