#include "harness/cluster/nats_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "harness/process/proc_file.h"
#include "os/errors.h"

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

fs::path file_of(const NatsProcess& server, const fs::path& folder, std::string_view ending) {
  return folder / fmt::format("{}{}", server.name, ending);
}

/// In the quotes of NATS's configuration, which are those of JSON.
std::string quoted(const std::string& text) { return nlohmann::json(text).dump(); }

std::string configuration(const NatsProcess& server, const std::vector<NatsProcess>& all,
                          const fs::path& folder) {
  std::vector<std::string> routes;
  for (const auto& each : all) {
    if (each.name != server.name) routes.push_back(fmt::format("\"nats://127.0.0.1:{}\"", each.route_port));
  }
  return fmt::format(
      "server_name: {}\n"
      "listen: \"127.0.0.1:{}\"\n"
      "http: \"127.0.0.1:{}\"\n"
      "max_payload: {}\n"
      "jetstream {{ store_dir: {}, max_file_store: {} }}\n"
      "cluster {{ name: threadmill, listen: \"127.0.0.1:{}\", routes: [{}] }}\n",
      server.name, server.port, server.monitor_port, kMostPayloadBytes,
      quoted(file_of(server, folder, kStore).string()), kStoreBytes, server.route_port,
      fmt::join(routes, ", "));
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

/// The process, in a session of its own; nothing where there is no such program.
std::optional<pid_t> spawn_daemon(std::vector<std::string> words, const fs::path& log) {
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
  if (error == ENOENT) return std::nullopt;
  errno = error;
  os::throw_errno(fmt::format("start {}", argv[0]));
}

}  // namespace

std::string NatsProcess::url() const { return fmt::format("nats://127.0.0.1:{}", port); }

bool NatsProcess::runs() const {
  if (pid == 0) return false;
  ::waitpid(pid, nullptr, WNOHANG);  // where it is our own child, and dead
  const auto stat = read_proc_stat(pid);
  if (!stat.valid || stat.start_ticks != start_ticks) return false;
  // Killed, and somebody else's to reap.
  return read_proc_file(fmt::format("/proc/{}/stat", pid)).find(") Z ") == std::string::npos;
}

void start(NatsProcess& server, const std::vector<NatsProcess>& all, const fs::path& folder) {
  const auto file = file_of(server, folder, kConfiguration);
  std::ofstream(file, std::ios::trunc) << configuration(server, all, folder);
  std::optional<pid_t> pid;
  for (const auto* program : kPrograms) {
    if (!pid) pid = spawn_daemon({program, "--config", file.string()}, file_of(server, folder, kLog));
  }
  if (!pid) throw std::runtime_error("nats-server is not installed; install the package nats-server");
  server.pid = *pid;
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
