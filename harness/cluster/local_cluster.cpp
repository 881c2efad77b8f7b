#include "harness/cluster/local_cluster.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/cluster/nats_monitor.h"
#include "harness/errors.h"
#include "harness/process/event_loop.h"
#include "harness/suggest.h"
#include "json/error.h"
#include "json/file.h"
#include "json/strict_object.h"
#include "os/errors.h"

namespace threadmill::harness {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr std::size_t kServers = 3;
constexpr auto kUpTimeout = std::chrono::seconds(30);
constexpr auto kAskEvery = std::chrono::milliseconds(100);
constexpr auto kGrace = std::chrono::seconds(5);

fs::path state_file(const fs::path& folder) { return folder / "cluster.json"; }

bool has_cluster(const fs::path& folder) { return fs::exists(state_file(folder)); }

void write_state(const LocalCluster& cluster) {
  auto servers = ordered_json::array();
  for (const auto& each : cluster.servers) {
    servers.push_back({{"name", each.name},
                       {"pid", each.pid},
                       {"start_ticks", each.start_ticks},
                       {"address", each.address},
                       {"port", each.port},
                       {"route_port", each.route_port},
                       {"monitor_port", each.monitor_port}});
  }
  ordered_json state = {{"servers", servers}};
  if (const auto& network = cluster.network) {
    state["network"] = {
        {"keeper", network->keeper}, {"start_ticks", network->start_ticks}, {"number", network->number}};
  }
  const auto file = state_file(cluster.folder);
  std::ofstream out(file, std::ios::trunc);
  out << state.dump(2) << '\n';
  if (!out.flush()) throw std::runtime_error(fmt::format("{} cannot be written", file.string()));
}

pid_t pid_in(const json::StrictObject& object, std::string_view key) {
  return static_cast<pid_t>(object.integer32(key, 0, INT32_MAX));
}

std::int64_t ticks_in(const json::StrictObject& object) {
  return static_cast<std::int64_t>(object.integer("start_ticks", 0, INT64_MAX));
}

NatsProcess read_server(const json::StrictObject& each) {
  constexpr std::uint32_t kMostPort = 65535;
  const auto port = [&](std::string_view key) {
    return static_cast<std::uint16_t>(each.integer32(key, 1, kMostPort));
  };
  NatsProcess server;
  server.name = each.nonempty_text("name");
  server.address = each.nonempty_text("address");
  server.pid = pid_in(each, "pid");
  server.start_ticks = ticks_in(each);
  server.port = port("port");
  server.route_port = port("route_port");
  server.monitor_port = port("monitor_port");
  return server;
}

std::optional<KeptNetwork> read_network(const json::StrictObject& state) {
  if (!state.has("network")) return std::nullopt;
  const auto network = state.object("network", {"keeper", "start_ticks", "number"});
  return KeptNetwork{pid_in(network, "keeper"), ticks_in(network),
                     static_cast<std::uint32_t>(network.integer32("number", 0, 254))};
}

void enter_network(LocalCluster& cluster) {
  if (!cluster.network) return;
  for (std::size_t i = 0; i < cluster.servers.size(); ++i)
    cluster.servers[i].network_namespace = cluster.network->namespace_of(i);
}

LocalCluster read_state(const fs::path& folder) {
  LocalCluster cluster{folder, {}, {}};
  const auto file = state_file(folder);
  try {
    const auto document = json::read_file(file);
    const json::StrictObject state(document, file.string(), {"servers", "network"});
    for (const auto& each : state.objects(
             "servers", {"name", "pid", "start_ticks", "address", "port", "route_port", "monitor_port"}))
      cluster.servers.push_back(read_server(each));
    cluster.network = read_network(state);
  } catch (const json::JsonError& error) {
    throw InputError(error.what());
  }
  enter_network(cluster);
  return cluster;
}

/// What others may write to could make us end their processes.
void require_ours(const fs::path& folder) {
  struct stat about {};
  if (::lstat(folder.c_str(), &about) != 0) os::throw_errno("stat " + folder.string());
  if (!S_ISDIR(about.st_mode) || about.st_uid != ::geteuid() || (about.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    throw InputError(fmt::format("--dir {}: no folder of yours that only you may write to; give another",
                                 folder.string()));
  }
}

LocalCluster cluster_in(const fs::path& folder) {
  if (has_cluster(folder)) {
    require_ours(folder);
    return read_state(folder);
  }
  throw InputError(fmt::format(
      "there is no cluster in {}; start one with `threadmill cluster up`, or name its folder with --dir",
      folder.string()));
}

void make_folder(const fs::path& folder) {
  fs::create_directories(folder.parent_path());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) os::throw_errno("mkdir " + folder.string());
  require_ours(folder);
  if (!has_cluster(folder) && !fs::is_empty(folder))
    throw InputError(
        fmt::format("--dir {}: is not empty; give a folder that is, or a new one", folder.string()));
}

/// Removes what bring_up() and the servers made, and no other file.
void forget(const LocalCluster& cluster) {
  if (cluster.network) end_keeper(*cluster.network);
  for (const auto& server : cluster.servers) remove_files(server, cluster.folder);
  fs::remove(state_file(cluster.folder));
  std::error_code not_empty;
  fs::remove(cluster.folder, not_empty);
}

/// Its network is kept from here on.
void isolate(EventLoop& loop, LocalCluster& cluster) {
  std::vector<std::string> names;
  for (const auto& server : cluster.servers) names.push_back(server.name);
  cluster.network = IsolatedNetwork(loop, names).keep();
  for (std::size_t i = 0; i < kServers; ++i) {
    cluster.servers[i].isolate(address_of_node(cluster.network->number, i), cluster.network->namespace_of(i));
  }
  write_state(cluster);
}

LocalCluster planned(EventLoop& loop, const fs::path& folder, ClusterNetwork network) {
  LocalCluster cluster{folder, {}, {}};
  try {
    cluster.servers = planned_servers(kServers);
    if (network == ClusterNetwork::isolated) isolate(loop, cluster);
    return cluster;
  } catch (...) {
    forget(cluster);  // nobody else would know its keeper
    throw;
  }
}

LocalCluster found(const fs::path& folder, ClusterNetwork network) {
  auto cluster = read_state(folder);
  if (network == ClusterNetwork::isolated && !cluster.network) {
    throw InputError(fmt::format(
        "--isolated: the cluster in {} is not; end it with `threadmill cluster down`, or give another --dir",
        folder.string()));
  }
  if (cluster.network && !cluster.network->is_there()) {
    throw InputError(
        fmt::format("the network of the cluster in {} is gone, as process {} has ended; remove the rest with "
                    "`threadmill cluster down`",
                    folder.string(), cluster.network->keeper));
  }
  return cluster;
}

bool is_parted(const LocalCluster& cluster, const NatsProcess& server) {
  return cluster.network && cluster.network->is_there() && cluster.network->is_parted(server.name);
}

bool all_have_a_leader(const LocalCluster& cluster) {
  for (const auto& server : cluster.servers) {
    if (!is_parted(cluster, server) && leader_known_to(server).empty()) return false;
  }
  return true;
}

/// Starts those that do not run, and adds them to `started`. Who is among these already has ended by itself.
void start_missing(LocalCluster& cluster, std::vector<std::string>& started) {
  bool any = false;
  for (auto& server : cluster.servers) {
    if (server.runs()) continue;
    if (std::find(started.begin(), started.end(), server.name) != started.end()) {
      throw std::runtime_error(fmt::format("{} on port {} has ended: {}", server.name, server.port,
                                           last_words(server, cluster.folder)));
    }
    start(server, cluster.servers, cluster.folder);
    started.push_back(server.name);
    any = true;
  }
  if (any) write_state(cluster);
}

/// One that was killed a moment ago may still be there at first.
void start_until_led(EventLoop& loop, LocalCluster& cluster, std::vector<std::string>& started) {
  const auto deadline = std::chrono::steady_clock::now() + kUpTimeout;
  do {
    if (std::chrono::steady_clock::now() >= deadline) {
      throw std::runtime_error(
          fmt::format("the servers have not chosen a leader within {} s; the first one's last words: {}",
                      kUpTimeout.count(), last_words(cluster.servers.front(), cluster.folder)));
    }
    start_missing(cluster, started);
    loop.wait_for([] { return false; }, kAskEvery);
  } while (!all_have_a_leader(cluster));
}

std::string role_of(const NatsProcess& server, const std::string& leader) {
  if (leader.empty()) return "";
  return leader == server.name ? "leader" : "follower";
}

}  // namespace

fs::path default_cluster_folder() {
  return fs::temp_directory_path() / fmt::format("threadmill-cluster-{}", ::geteuid());
}

LocalCluster bring_up(const fs::path& folder, ClusterNetwork network) {
  EventLoop loop;  // from here on, who is interrupted takes back what was started
  make_folder(folder);
  const bool is_new = !has_cluster(folder);
  LocalCluster cluster = is_new ? planned(loop, folder, network) : found(folder, network);
  std::vector<std::string> started;
  try {
    start_until_led(loop, cluster, started);
  } catch (...) {
    auto ours = cluster.servers;
    std::erase_if(ours, [&](const NatsProcess& server) {
      return std::find(started.begin(), started.end(), server.name) == started.end();
    });
    stop(ours, kGrace);
    if (is_new) forget(cluster);
    throw;
  }
  return cluster;
}

void take_down(const fs::path& folder) {
  const auto cluster = cluster_in(folder);
  stop(cluster.servers, kGrace);
  forget(cluster);
}

void part(const fs::path& folder, const std::string& name, bool parted) {
  const auto cluster = cluster_in(folder);
  if (!cluster.network) {
    throw InputError(
        fmt::format("the servers of the cluster in {} share one network; only one that was started with "
                    "`threadmill cluster up --isolated` can be parted",
                    folder.string()));
  }
  std::vector<std::string> names;
  for (const auto& server : cluster.servers) names.push_back(server.name);
  if (std::find(names.begin(), names.end(), name) == names.end())
    throw InputError(unknown_name_message("node", name, names));
  EventLoop loop;
  set_parted(loop, *cluster.network, name, parted);
}

ordered_json look_at(const fs::path& folder) {
  const auto cluster = cluster_in(folder);
  auto servers = ordered_json::array();
  for (const auto& server : cluster.servers) {
    const bool runs = server.runs();
    servers.push_back({{"name", server.name},
                       {"pid", server.pid},
                       {"address", server.address},
                       {"port", server.port},
                       {"monitor_port", server.monitor_port},
                       {"runs", runs},
                       {"role", runs ? role_of(server, leader_known_to(server)) : "gone"},
                       {"stream_role", runs ? role_of(server, stream_leader_known_to(server)) : "gone"},
                       {"parted", is_parted(cluster, server)}});
  }
  return servers;
}

}  // namespace threadmill::harness
