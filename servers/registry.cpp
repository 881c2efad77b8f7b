#include "servers/registry.h"

#include <algorithm>
#include <array>

namespace threadmill::servers {

// Each is defined in its own file in servers/models/.
Serve serve_fork;
Serve serve_thread;
Serve serve_epoll;
Serve serve_broker;
Serve serve_asio_callback;
Serve serve_asio_coroutine;
Serve serve_bare_epoll;
#ifdef THREADMILL_IO_URING
Serve serve_io_uring;
Missing io_uring_missing;
#endif

namespace {

using enum FlushKind;

const std::array kModels = {
    Model{{.name = "fork",
           .summary =
               "A child process for each client; the parent accepts and is the switchboard between them.",
           .concurrency = "process per client",
           .services = {"echo", "chat"},
           .flushes = {immediate, tick}},
          serve_fork},
    Model{{.name = "thread",
           .summary = "A thread for each client; topics are guarded by a lock.",
           .concurrency = "thread per client",
           .services = {"echo", "chat"},
           .flushes = {immediate, tick}},
          serve_thread},
    Model{{.name = "epoll",
           .summary = "One thread and one loop over all clients, level-triggered epoll.",
           .concurrency = "one event loop",
           .services = {"echo", "chat", "web"},
           .flushes = {immediate, tick, delay}},
          serve_epoll},
    Model{{.name = "broker",
           .summary = "An event loop with a queue for each topic, written in batches once a turn.",
           .concurrency = "one event loop, batched",
           .services = {"echo", "chat", "web"},
           .flushes = {tick, delay},
           .distributions = {Distribution::batch, Distribution::broadcast, Distribution::writers},
           .shards = true},
          serve_broker},
    Model{{.name = "asio-callback",
           .summary = "One thread runs a Boost.Asio io_context, which calls back what can go on.",
           .concurrency = "one event loop",
           .services = {"echo", "chat"},
           .flushes = {immediate}},
          serve_asio_callback},
    Model{{.name = "asio-coroutine",
           .summary = "One thread runs a Boost.Asio io_context, which resumes each client's C++20 coroutine.",
           .concurrency = "coroutine per client",
           .services = {"echo", "chat"},
           .flushes = {immediate}},
          serve_asio_coroutine},
#ifdef THREADMILL_IO_URING
    Model{{.name = "io-uring",
           .summary = "One thread and one ring of io_uring: the kernel accepts and receives by itself.",
           .concurrency = "one ring",
           .services = {"echo", "chat"},
           .flushes = {tick}},
          serve_io_uring,
          io_uring_missing},
#endif
    Model{{.name = "bare-epoll",
           .summary = "The barest echo loop on epoll: the ceiling of this machine, not a model to choose.",
           .concurrency = "one bare loop",
           .services = {"echo"},
           .flushes = {immediate},
           .ceiling = true},
          serve_bare_epoll},
};

}  // namespace

std::span<const Model> models() { return kModels; }

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
