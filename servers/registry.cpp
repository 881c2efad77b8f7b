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

const std::array kModels = {
    Model{{"fork",
           "A child process for each client; the parent accepts and is the switchboard between them.",
           "process per client",
           {"echo", "chat"},
           {immediate, tick}},
          serve_fork},
    Model{{"thread",
           "A thread for each client; topics are guarded by a lock.",
           "thread per client",
           {"echo", "chat"},
           {immediate, tick}},
          serve_thread},
    Model{{"epoll",
           "One thread and one loop over all clients, level-triggered epoll.",
           "one event loop",
           {"echo", "chat", "web"},
           {immediate, tick, delay}},
          serve_epoll},
    Model{{"broker",
           "An event loop with a queue for each topic, written in batches once a turn.",
           "one event loop, batched",
           {"echo", "chat", "web"},
           {tick, delay},
           {Distribution::batch, Distribution::broadcast, Distribution::writers},
           true},
          serve_broker},
    Model{{"bare-epoll",
           "The barest echo loop on epoll: the ceiling of this machine, not a model to choose.",
           "one bare loop",
           {"echo"},
           {immediate},
           {},
           false,
           true},
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
