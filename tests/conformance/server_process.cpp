#include "tests/conformance/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace threadmill::conformance {
namespace {

// Only a server that hangs meets them.
constexpr int kReadyLimitMs = 60'000;
constexpr int kStopLimitMs = 60'000;

/// AddressSanitizer keeps what was freed for a while, to find who still uses it.
void free_at_once() {
  const char* options = std::getenv("ASAN_OPTIONS");
  const std::string others = options == nullptr ? "" : std::string(options) + ":";
  ::setenv("ASAN_OPTIONS", (others + "quarantine_size_mb=0:thread_local_quarantine_size_kb=0").c_str(), 1);
}

[[noreturn]] void become_server(const std::vector<std::string>& arguments, int output, int errors,
                                const Surroundings& surroundings) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  if (surroundings.descriptors > 0) {
    const rlimit limit{surroundings.descriptors, surroundings.descriptors};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (surroundings.tells_memory) free_at_once();
  const std::string program = THREADMILL_BIN_DIR "/threadmill-server";
  std::vector<char*> words = {const_cast<char*>(program.c_str())};
  for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  ::execv(program.c_str(), words.data());
  ::_exit(127);
}

}  // namespace

ServerProcess::ServerProcess(const std::vector<std::string>& arguments, const Surroundings& surroundings)
    : errors_(::memfd_create("stderr", MFD_CLOEXEC)) {
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  output_.reset(pipe_ends[0]);
  os::Descriptor write_end(pipe_ends[1]);
  pid_ = ::fork();
  if (pid_ == 0) become_server(arguments, write_end.get(), errors_.get(), surroundings);
  write_end.reset();
  ready_ = nlohmann::json::parse(read_line(), nullptr, false);
  if (!ready_.is_object()) return;
  port_ = ready_.at("port").get<std::uint16_t>();
  web_port_ = ready_.value("web_port", std::uint16_t{0});
}

ServerProcess::~ServerProcess() {
  if (reaped_) return;
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

int ServerProcess::stop() {
  ::kill(pid_, SIGTERM);
  return wait();
}

int ServerProcess::wait() {
  int status = 0;
  for (int i = 0; ::waitpid(pid_, &status, WNOHANG) == 0; ++i) {
    if (i == kStopLimitMs) throw std::runtime_error("the server does not stop");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  reaped_ = true;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::map<std::string, std::uint64_t> ServerProcess::counts() { return nlohmann::json::parse(read_line()); }

std::string ServerProcess::errors() const {
  std::string text(64 << 10, '\0');
  const ssize_t got = ::pread(errors_.get(), text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

std::vector<pid_t> ServerProcess::children() const {
  std::vector<pid_t> found;
  const auto base = std::filesystem::path("/proc") / std::to_string(pid_) / "task";
  for (const auto& task : std::filesystem::directory_iterator(base)) {
    std::ifstream list(task.path() / "children");
    for (pid_t child = 0; list >> child;) found.push_back(child);
  }
  return found;
}

std::size_t ServerProcess::threads() const {
  const auto tasks = std::filesystem::path("/proc") / std::to_string(pid_) / "task";
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(tasks), {}));
}

std::string ServerProcess::read_line() {
  while (unread_.find('\n') == std::string::npos) {
    pollfd ready{output_.get(), POLLIN, 0};
    if (::poll(&ready, 1, kReadyLimitMs) <= 0) return {};
    char buffer[4096];
    const ssize_t got = ::read(output_.get(), buffer, sizeof buffer);
    if (got <= 0) return {};
    unread_.append(buffer, static_cast<std::size_t>(got));
  }
  const auto end = unread_.find('\n');
  std::string line = unread_.substr(0, end);
  unread_.erase(0, end + 1);
  return line;
}

}  // namespace threadmill::conformance
