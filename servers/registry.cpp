#include "servers/registry.h"

#include <algorithm>
#include <array>

namespace threadmill::servers {

// Each is defined in its own file in servers/models/.
Serve serve_fork;
Serve serve_thread;
Serve serve_epoll;
Serve serve_broker;
Serve serve_bare_epoll;

namespace {

using enum FlushKind;

// What a request takes where a loop waits in epoll_wait(2), and where each client has a thread or process.
const std::vector<RequestWork> kEpollLoop = {
    {Work::receive}, {Work::send}, {Work::epoll_ready}, {Work::epoll_turn, Often::turn}};
const std::vector<RequestWork> kThreadForEach = {
    {Work::receive}, {Work::send}, {Work::thread_switch, Often::task_switch}};
const std::vector<RequestWork> kProcessForEach = {
    {Work::receive}, {Work::send}, {Work::process_switch, Often::task_switch}};

const std::array kModels = {
    Model{{.name = "fork",
           .summary =
               "A child process for each client; the parent accepts and is the switchboard between them.",
           .concurrency = "process per client",
           .services = {"echo", "chat"},
           .flushes = {immediate, tick},
           .per_client = true,
           .shared = "nothing; topics and rooms live in the parent",
           .work = kProcessForEach},
          serve_fork},
    Model{{.name = "thread",
           .summary = "A thread for each client; topics are guarded by a lock.",
           .concurrency = "thread per client",
           .services = {"echo", "chat"},
           .flushes = {immediate, tick},
           .per_client = true,
           .shared = "topics, rooms and each outbox (locks)",
           .work = kThreadForEach},
          serve_thread},
    Model{{.name = "epoll",
           .summary = "One thread and one loop over all clients, level-triggered epoll.",
           .concurrency = "one event loop",
           .services = {"echo", "chat", "web"},
           .flushes = {immediate, tick, delay},
           .shared = "nothing",
           .work = kEpollLoop},
          serve_epoll},
    Model{{.name = "broker",
           .summary = "An event loop with a queue for each topic, written in batches once a turn.",
           .concurrency = "one event loop, batched",
           .services = {"echo", "chat", "web"},
           .flushes = {tick, delay},
           .distributions = {Distribution::batch, Distribution::broadcast, Distribution::writers},
           .shards = true,
           .shared = "nothing; of several loops: mailboxes, who has members of what",
           .work = kEpollLoop},
          serve_broker},
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
