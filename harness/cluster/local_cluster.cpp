#include "harness/cluster/local_cluster.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "harness/cluster/nats_monitor.h"
#include "harness/errors.h"
#include "json/error.h"
#include "json/file.h"
#include "json/strict_object.h"
#include "os/address.h"
#include "os/descriptor.h"
#include "os/errors.h"
#include "servers/cluster/replicated_log.h"

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
                       {"port", each.port},
                       {"route_port", each.route_port},
                       {"monitor_port", each.monitor_port}});
  }
  const auto file = state_file(cluster.folder);
  std::ofstream out(file, std::ios::trunc);
  out << ordered_json{{"servers", servers}}.dump(2) << '\n';
  if (!out.flush()) throw std::runtime_error(fmt::format("{} cannot be written", file.string()));
}

LocalCluster read_state(const fs::path& folder) {
  LocalCluster cluster{folder, {}};
  const auto file = state_file(folder);
  try {
    const auto document = json::read_file(file);
    const json::StrictObject state(document, file.string(), {"servers"});
    constexpr std::uint32_t kMostPort = 65535;
    for (const auto& each :
         state.objects("servers", {"name", "pid", "start_ticks", "port", "route_port", "monitor_port"})) {
      const auto port = [&](std::string_view key) {
        return static_cast<std::uint16_t>(each.integer32(key, 1, kMostPort));
      };
      cluster.servers.push_back({each.nonempty_text("name"),
                                 static_cast<pid_t>(each.integer32("pid", 0, INT32_MAX)),
                                 static_cast<std::int64_t>(each.integer("start_ticks", 0, INT64_MAX)),
                                 port("port"), port("route_port"), port("monitor_port")});
    }
  } catch (const json::JsonError& error) {
    throw InputError(error.what());
  }
  return cluster;
}

LocalCluster cluster_in(const fs::path& folder) {
  if (has_cluster(folder)) return read_state(folder);
  throw InputError(fmt::format(
      "there is no cluster in {}; start one with `threadmill cluster up`, or name its folder with --dir",
      folder.string()));
}

/// Ports that were free a moment ago. They are held until all are known, so that each is another.
std::vector<std::uint16_t> free_ports(std::size_t count) {
  std::vector<os::Descriptor> held;
  std::vector<std::uint16_t> ports;
  while (ports.size() < count) {
    const os::SocketAddress any("127.0.0.1", 0);
    auto& socket = held.emplace_back(::socket(any.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket || ::bind(socket.get(), any.get(), any.size()) != 0) os::throw_errno("bind 127.0.0.1");
    ports.push_back(os::SocketAddress::of_socket(socket.get()).port());
  }
  return ports;
}

/// A folder that others may write to could make us end their processes.
void make_folder(const fs::path& folder) {
  fs::create_directories(folder.parent_path());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) os::throw_errno("mkdir " + folder.string());
  struct stat about {};
  if (::stat(folder.c_str(), &about) != 0) os::throw_errno("stat " + folder.string());
  if (!S_ISDIR(about.st_mode) || about.st_uid != ::geteuid() || (about.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    throw InputError(fmt::format("--dir {}: no folder of yours that only you may write to; give another",
                                 folder.string()));
  }
  if (!has_cluster(folder) && !fs::is_empty(folder))
    throw InputError(
        fmt::format("--dir {}: is not empty; give a folder that is, or a new one", folder.string()));
}

LocalCluster planned(const fs::path& folder) {
  LocalCluster cluster{folder, {}};
  const auto ports = free_ports(3 * kServers);
  for (std::size_t i = 0; i < kServers; ++i) {
    cluster.servers.push_back(
        {fmt::format("n{}", i + 1), 0, 0, ports[3 * i], ports[3 * i + 1], ports[3 * i + 2]});
  }
  return cluster;
}

/// Removes what bring_up() and the servers made, and no other file.
void forget(const LocalCluster& cluster) {
  for (const auto& server : cluster.servers) remove_files(server, cluster.folder);
  fs::remove(state_file(cluster.folder));
  std::error_code not_empty;
  fs::remove(cluster.folder, not_empty);
}

/// The leader of the group that places streams, where `server` knows of one.
std::string leader_known_to(const NatsProcess& server) {
  const auto told = ask_monitor(server.monitor_port, "/jsz");
  if (!told || !told->contains("meta_cluster")) return {};
  return told->at("meta_cluster").value("leader", "");
}

bool all_have_a_leader(const LocalCluster& cluster) {
  for (const auto& server : cluster.servers) {
    if (leader_known_to(server).empty()) return false;
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
void start_until_led(LocalCluster& cluster, std::vector<std::string>& started) {
  const auto deadline = std::chrono::steady_clock::now() + kUpTimeout;
  do {
    if (std::chrono::steady_clock::now() >= deadline) {
      throw std::runtime_error(
          fmt::format("the servers have not chosen a leader within {} s; the first one's last words: {}",
                      kUpTimeout.count(), last_words(cluster.servers.front(), cluster.folder)));
    }
    start_missing(cluster, started);
    std::this_thread::sleep_for(kAskEvery);
  } while (!all_have_a_leader(cluster));
}

/// The leader of our stream, where `server` keeps a copy and knows of one.
std::string stream_leader_known_to(const NatsProcess& server) {
  const auto told = ask_monitor(server.monitor_port, "/jsz?streams=1");
  if (!told || !told->contains("account_details")) return {};
  for (const auto& account : told->at("account_details")) {
    if (!account.contains("stream_detail")) continue;
    for (const auto& stream : account.at("stream_detail")) {
      if (stream.value("name", "") == servers::kLogStream && stream.contains("cluster"))
        return stream.at("cluster").value("leader", "");
    }
  }
  return {};
}

std::string role_of(const NatsProcess& server, const std::string& leader) {
  if (leader.empty()) return "";
  return leader == server.name ? "leader" : "follower";
}

}  // namespace

std::string LocalCluster::urls() const {
  std::vector<std::string> each;
  for (const auto& server : servers) each.push_back(server.url());
  return fmt::format("{}", fmt::join(each, ","));
}

fs::path default_cluster_folder() {
  return fs::temp_directory_path() / fmt::format("threadmill-cluster-{}", ::geteuid());
}

LocalCluster bring_up(const fs::path& folder) {
  make_folder(folder);
  const bool is_new = !has_cluster(folder);
  LocalCluster cluster = is_new ? planned(folder) : read_state(folder);
  std::vector<std::string> started;
  try {
    start_until_led(cluster, started);
  } catch (...) {
    std::erase_if(cluster.servers, [&](const NatsProcess& server) {
      return std::find(started.begin(), started.end(), server.name) == started.end();
    });
    stop(cluster.servers, kGrace);
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

ordered_json look_at(const fs::path& folder) {
  auto servers = ordered_json::array();
  for (const auto& server : cluster_in(folder).servers) {
    const bool runs = server.runs();
    servers.push_back({{"name", server.name},
                       {"pid", server.pid},
                       {"port", server.port},
                       {"monitor_port", server.monitor_port},
                       {"runs", runs},
                       {"role", runs ? role_of(server, leader_known_to(server)) : "gone"},
                       {"stream_role", runs ? role_of(server, stream_leader_known_to(server)) : "gone"}});
  }
  return servers;
}

}  // namespace threadmill::harness
