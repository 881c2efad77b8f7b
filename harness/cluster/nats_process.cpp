#include "harness/cluster/nats_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "harness/locations.h"
#include "harness/network/unnamed_namespace.h"
#include "harness/process/proc_file.h"
#include "os/errors.h"
#include "os/held_ports.h"
#include "os/network_namespace.h"

extern char** environ;

namespace threadmill::harness {
namespace {

namespace fs = std::filesystem;

// Debian's is not in everybody's PATH.
constexpr const char* kPrograms[] = {"nats-server", "/usr/sbin/nats-server"};
// A message of the default length of our servers, put together with others, is longer than NATS's own 1 MiB.
constexpr std::size_t kMostPayloadBytes = 8 << 20;
// More than the stream is allowed, which each server reserves.
constexpr std::int64_t kStoreBytes = std::int64_t{2} << 30;
// What it has in its folder.
constexpr const char* kConfiguration = ".conf";
constexpr const char* kLog = ".log";
constexpr const char* kStore = ".store";
constexpr auto kLookEvery = std::chrono::milliseconds(20);
constexpr std::uint16_t kUsualPort = 4222;
constexpr std::uint16_t kUsualRoutePort = 6222;
constexpr std::uint16_t kUsualMonitorPort = 8222;

fs::path file_of(const NatsProcess& server, const fs::path& folder, std::string_view ending) {
  return folder / fmt::format("{}{}", server.name, ending);
}

/// In the quotes of NATS's configuration, which are those of JSON.
std::string quoted(const std::string& text) { return nlohmann::json(text).dump(); }

/// One that is alone is no cluster: it would wait for others to choose a leader with.
std::string cluster_part(const NatsProcess& server, const std::vector<NatsProcess>& all) {
  if (server.is_alone()) return "";
  std::vector<std::string> routes;
  for (const auto& each : all) {
    if (each.name != server.name)
      routes.push_back(fmt::format("\"nats://{}:{}\"", each.address, each.route_port));
  }
  return fmt::format("cluster {{ name: threadmill, listen: \"{}:{}\", routes: [{}] }}\n", server.address,
                     server.route_port, fmt::join(routes, ", "));
}

std::string configuration(const NatsProcess& server, const std::vector<NatsProcess>& all,
                          const fs::path& folder) {
  return fmt::format(
      "server_name: {0}\n"
      "listen: \"{1}:{2}\"\n"
      "http: \"{1}:{3}\"\n"
      "max_payload: {4}\n"
      "jetstream {{ store_dir: {5}, max_file_store: {6} }}\n"
      "{7}",
      server.name, server.address, server.port, server.monitor_port, kMostPayloadBytes,
      quoted(file_of(server, folder, kStore).string()), kStoreBytes, cluster_part(server, all));
}

/// Standard input, output and error of a process that nobody looks at.
class DaemonFiles {
 public:
  explicit DaemonFiles(const fs::path& log) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                       0600);
    ::posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
  }
  ~DaemonFiles() { ::posix_spawn_file_actions_destroy(&actions_); }
  DaemonFiles(const DaemonFiles&) = delete;
  DaemonFiles& operator=(const DaemonFiles&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

/// The process, in a session of its own.
pid_t spawn_daemon(std::vector<std::string> words, const fs::path& log) {
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const DaemonFiles files(log);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, argv[0], files.get(), &attributes, argv.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  if (error == 0) return pid;
  errno = error;
  os::throw_errno(fmt::format("start {}", argv[0]));
}

}  // namespace

std::string NatsProcess::url() const { return fmt::format("nats://{}:{}", address, port); }

bool NatsProcess::runs() const {
  if (pid == 0) return false;
  ::waitpid(pid, nullptr, WNOHANG);  // where it is our own child, and dead
  return still_runs(pid, start_ticks);
}

void NatsProcess::isolate(const std::string& its_address, const std::string& its_namespace) {
  address = its_address;
  network_namespace = its_namespace;
  port = kUsualPort;
  monitor_port = kUsualMonitorPort;
  if (!is_alone()) route_port = kUsualRoutePort;
}

std::string urls_of(const std::vector<NatsProcess>& servers) {
  std::vector<std::string> each;
  for (const auto& server : servers) each.push_back(server.url());
  return fmt::format("{}", fmt::join(each, ","));
}

std::vector<NatsProcess> planned_servers(std::size_t count) {
  std::vector<NatsProcess> servers(count);
  os::HeldPorts ports;
  for (std::size_t i = 0; i < count; ++i) {
    auto& server = servers[i];
    server.name = fmt::format("n{}", i + 1);
    server.port = ports.hold(server.address);
    server.monitor_port = ports.hold(server.address);
    if (count > 1) server.route_port = ports.hold(server.address);
  }
  return servers;
}

std::vector<std::string> command_of(const NatsProcess& server, const std::vector<NatsProcess>& all,
                                    const fs::path& folder) {
  const auto* program = std::find_if(std::begin(kPrograms), std::end(kPrograms), is_installed);
  if (program == std::end(kPrograms))
    throw std::runtime_error("nats-server is not installed; install the package nats-server");
  const auto file = file_of(server, folder, kConfiguration);
  std::ofstream out(file, std::ios::trunc);
  out << configuration(server, all, folder);
  if (!out.flush()) throw std::runtime_error(fmt::format("{} cannot be written", file.string()));
  return {*program, "--config", file.string()};
}

void start(NatsProcess& server, const std::vector<NatsProcess>& all, const fs::path& folder) {
  const auto words = command_of(server, all, folder);
  const auto network = open_namespace(server.network_namespace);
  os::in_network_namespace(network.get(),
                           [&] { server.pid = spawn_daemon(words, file_of(server, folder, kLog)); });
  server.start_ticks = read_proc_stat(server.pid).start_ticks;
}

void stop(const std::vector<NatsProcess>& servers, std::chrono::milliseconds grace) {
  const auto signal_all = [&](int signal) {
    for (const auto& server : servers) {
      if (server.runs()) ::kill(server.pid, signal);
    }
  };
  const auto any_runs = [&] {
    for (const auto& server : servers) {
      if (server.runs()) return true;
    }
    return false;
  };
  signal_all(SIGTERM);
  for (auto left = grace; left.count() > 0 && any_runs(); left -= kLookEvery)
    std::this_thread::sleep_for(kLookEvery);
  signal_all(SIGKILL);
  while (any_runs()) std::this_thread::sleep_for(kLookEvery);
}

void remove_files(const NatsProcess& server, const fs::path& folder) {
  for (const auto* ending : {kConfiguration, kLog, kStore}) fs::remove_all(file_of(server, folder, ending));
}

std::string last_words(const NatsProcess& server, const fs::path& folder) {
  std::ifstream log(file_of(server, folder, kLog));
  std::string last;
  for (std::string line; std::getline(log, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

}  // namespace threadmill::harness
