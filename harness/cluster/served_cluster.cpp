#include "harness/cluster/served_cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <vector>

#include "harness/cluster/nats_monitor.h"
#include "harness/errors.h"
#include "harness/locations.h"
#include "harness/network/unnamed_namespace.h"
#include "harness/process/child_process.h"
#include "harness/process/descendants.h"
#include "os/scratch_folder.h"

namespace threadmill::harness {
namespace {

constexpr std::chrono::seconds kClusterStartLimit{60};
constexpr std::chrono::milliseconds kStartPollEvery{20};
constexpr std::chrono::seconds kStartAgainAfter{1};
// How often it asks who leads: three small requests, which are cost of the servers, too.
constexpr std::chrono::seconds kAskWhoLeadsEvery{1};
// How often it looks after what its children say when nothing happens.
constexpr std::chrono::seconds kLookAtLeastEvery{10};

/// A NATS server and the process that it has now.
struct Node {
  NatsProcess server;
  std::unique_ptr<ChildProcess> process = nullptr;
  std::optional<EventLoop::Clock::time_point> due = std::nullopt;  ///< when it is started again
};

/// The NATS servers, each a child of this process. For the thread of the loop.
class Nodes {
 public:
  Nodes(EventLoop& loop, const ServedCluster& what) : loop_(loop), servers_(planned_servers(what.nodes)) {
    if (what.network == ClusterNetwork::isolated) isolate();
    for (const auto& server : servers_) nodes_.push_back({server});
    for (auto& node : nodes_) start(node);
  }

  std::string urls() const { return urls_of(servers_); }

  /// "", or what one of them said before it ended by itself.
  std::string who_has_ended() const {
    for (const auto& node : nodes_) {
      if (node.process->exit()) return node.server.name + " " + describe(*node.process);
    }
    return {};
  }
  bool all_have_a_leader() const {
    return std::none_of(servers_.begin(), servers_.end(),
                        [](const NatsProcess& server) { return leader_known_to(server).empty(); });
  }
  /// Of the one that leads the stream.
  std::optional<pid_t> leader_pid() const {
    for (const auto& node : nodes_) {
      if (stream_leader_known_to(node.server) == node.server.name) return node.process->pid();
    }
    return std::nullopt;
  }

  /// Starts those whose time has come, and looks for others that have ended. Returns when it is next to be
  /// called, unless a process ends before.
  EventLoop::Clock::time_point look_after() {
    auto next = EventLoop::Clock::now() + kLookAtLeastEvery;
    for (auto& node : nodes_) {
      node.process->trim_stderr();
      if (!node.process->exit()) continue;
      if (!node.due) node.due = EventLoop::Clock::now() + kStartAgainAfter;
      if (*node.due <= EventLoop::Clock::now()) start(node);
      if (node.due) next = std::min(next, *node.due);
    }
    return next;
  }
  bool has_news() const {
    return std::any_of(nodes_.begin(), nodes_.end(),
                       [](const Node& node) { return node.process->exit() && !node.due; });
  }

  static std::string describe(const ChildProcess& process) {
    const auto words = process.last_words();
    return process.exit()->describe() + (words.empty() ? "" : ": " + words);
  }

 private:
  void isolate() {
    std::vector<std::string> names;
    for (const auto& server : servers_) names.push_back(server.name);
    network_.emplace(loop_, names);
    for (std::size_t i = 0; i < servers_.size(); ++i)
      servers_[i].isolate(address_of_node(network_->number(), i), network_->namespace_of(i));
  }

  void start(Node& node) {
    const auto network = open_namespace(node.server.network_namespace);
    ChildCommand command;
    command.argv = command_of(node.server, servers_, folder_.path());
    command.network_namespace = network.get();
    command.with_lines = false;
    node.due.reset();
    node.process.reset();
    node.process = std::make_unique<ChildProcess>(loop_, command);
  }

  EventLoop& loop_;
  os::ScratchFolder folder_;
  std::optional<IsolatedNetwork> network_;
  std::vector<NatsProcess> servers_;
  std::vector<Node> nodes_;
};

/// Returns when `condition`, which takes its time, holds.
void await_cluster(EventLoop& loop, const Nodes& nodes, const char* what,
                   const std::function<bool()>& condition) {
  bool holds = false;
  std::string ended;
  const auto timer = loop.repeat(EventLoop::Clock::duration::zero(), [&]() -> EventLoop::Clock::duration {
    ended = nodes.who_has_ended();
    holds = ended.empty() && condition();
    return kStartPollEvery;
  });
  loop.wait_for([&] { return holds || !ended.empty(); }, kClusterStartLimit);
  if (!ended.empty()) throw std::runtime_error(fmt::format("the NATS server {}", ended));
  if (!holds) throw std::runtime_error(fmt::format("{} within {} s", what, kClusterStartLimit.count()));
}

ChildCommand broker_command(const ServedCluster& what, const std::string& urls) {
  ChildCommand command;
  command.argv = {program("threadmill-server").string(),
                  "--model",
                  "broker",
                  "--service",
                  what.service,
                  "--port",
                  std::to_string(what.port),
                  "--address",
                  what.address,
                  "--cluster",
                  urls};
  return command;
}

/// The port in the broker's ready line.
std::uint16_t await_broker(EventLoop& loop, ChildProcess& broker) {
  auto& lines = broker.lines();
  loop.wait_for([&] { return lines.has_line() || broker.exit(); }, kClusterStartLimit);
  if (broker.exit()) throw std::runtime_error("the broker " + Nodes::describe(broker));
  const auto ready = nlohmann::json::parse(lines.next().value_or(""), nullptr, false);
  if (!ready.is_object() || !ready.contains("port"))
    throw std::runtime_error(fmt::format("the broker was not ready within {} s", kClusterStartLimit.count()));
  lines.discard();
  return ready.at("port").get<std::uint16_t>();
}

void print_line(const nlohmann::json& line) {
  std::puts(line.dump().c_str());  // that nobody reads it any more is no error here
  std::fflush(stdout);
}

/// Says who leads whenever that is another process than the one told before.
void tell_who_leads(const Nodes& nodes, pid_t& told) {
  const auto leader = nodes.leader_pid();
  if (!leader || *leader == told) return;
  told = *leader;
  print_line({{"victim_pid", told}});
}

void serve_until_interrupted(EventLoop& loop, Nodes& nodes, ChildProcess& broker, pid_t told) {
  auto ask = EventLoop::Clock::now() + kAskWhoLeadsEvery;
  while (!broker.exit()) {
    auto next = nodes.look_after();
    broker.trim_stderr();
    if (EventLoop::Clock::now() >= ask) {
      tell_who_leads(nodes, told);
      ask = EventLoop::Clock::now() + kAskWhoLeadsEvery;
    }
    next = std::min(next, ask);
    loop.wait_until([&] { return nodes.has_news() || broker.exit(); }, next);
  }
  throw std::runtime_error("the broker " + Nodes::describe(broker));
}

void start_and_serve(EventLoop& loop, const ServedCluster& what) {
  Nodes nodes(loop, what);
  await_cluster(loop, nodes, "the NATS servers have not chosen a leader",
                [&] { return nodes.all_have_a_leader(); });
  ChildProcess broker(loop, broker_command(what, nodes.urls()));
  const auto port = await_broker(loop, broker);
  std::optional<pid_t> leader;
  await_cluster(loop, nodes, "the log has no leader",
                [&] { return (leader = nodes.leader_pid()).has_value(); });
  print_line({{"port", port}, {"victim_pid", *leader}});
  serve_until_interrupted(loop, nodes, broker, *leader);
}

}  // namespace

void serve_cluster(const ServedCluster& what) {
  become_guardian();
  EventLoop loop;
  try {
    start_and_serve(loop, what);
  } catch (const Interrupted&) {
    // As asked. What was started has been killed by now: nothing of it is to be kept.
  }
}

}  // namespace threadmill::harness
