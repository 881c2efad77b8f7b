#include "harness/groupchat/private_broker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "os/errors.h"

namespace threadmill::harness {
namespace {

namespace fs = std::filesystem;

// Debian's own name for it would become the user rabbitmq first.
constexpr const char* kServer = "/usr/lib/rabbitmq/bin/rabbitmq-server";
constexpr const char* kEpmd = "/usr/bin/epmd";
constexpr const char* kLoopback = "127.0.0.1";
constexpr std::chrono::seconds kStartLimit{120};
constexpr std::chrono::milliseconds kTryEvery{50};
constexpr std::size_t kLogShown = 2000;

constexpr const char* kConfiguration = "log.console = false\nlog.file.level = warning\n";
// A broker that is reached over another address than loopback would turn its only user away.
constexpr const char* kGuestsFromElsewhere = "loopback_users = none\n";
constexpr const char* kSmallConfiguration = "raft.wal_max_size_bytes = 33554432\n";
// Where its nodes would talk with one another, it listens too: on this machine only.
constexpr const char* kErlangArguments = "-kernel inet_dist_use_interface {127,0,0,1}";
constexpr const char* kSmallErlangArguments = "+S 1:1 +SDcpu 1:1 +SDio 4 +A 4";

void write_file(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error(fmt::format("cannot write {}", file.string()));
}

/// "" where there is no such file.
std::string text_in(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

/// Dies with this thread, and writes what it says to the file.
pid_t start_program(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                    const fs::path& said) {
  const auto words = pointers_to(argv);
  const auto variables = pointers_to(environment);
  const os::Descriptor output(::open(said.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  const os::Descriptor input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) os::throw_errno("fork");
  if (pid != 0) return pid;
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent) ::_exit(127);
  ::setpgid(0, 0);  // what a terminal sends is not for it
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::dup2(input.get(), STDIN_FILENO);
  ::dup2(output.get(), STDOUT_FILENO);
  ::dup2(output.get(), STDERR_FILENO);
  ::execve(words[0], words.data(), variables.data());
  ::_exit(127);
}

void end_program(pid_t& pid) {
  if (pid <= 0) return;
  ::kill(-pid, SIGKILL);
  ::kill(pid, SIGKILL);  // before it has its group
  ::waitpid(pid, nullptr, 0);
  pid = -1;
}

/// Of -1 nothing ever comes.
bool is_readable_within(int fd, std::chrono::milliseconds time) {
  pollfd readable{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&readable, 1, static_cast<int>(time.count())) > 0;
}

bool has_ended(pid_t& pid) {
  if (pid > 0 && ::waitpid(pid, nullptr, WNOHANG) != pid) return false;
  pid = -1;
  return true;
}

}  // namespace

std::string PrivateBroker::missing() {
  if (::access(kServer, X_OK) != 0) return "rabbitmq-server (Debian: rabbitmq-server)";
  if (::access(kEpmd, X_OK) != 0) return "epmd (Debian: erlang-base)";
  return "";
}

PrivateBroker::PrivateBroker(PrivateBrokerOptions options)
    : options_(std::move(options)),
      distribution_port_(ports_.hold(kLoopback)),
      epmd_port_(ports_.hold(kLoopback)) {
  if (const auto what = missing(); !what.empty())
    throw std::runtime_error(fmt::format("not installed: {}", what));
  if (options_.port == 0) options_.port = ports_.hold(options_.address);
  const bool on_loopback = options_.address.starts_with("127.");
  write_file(folder_.path() / "rabbitmq.conf",
             fmt::format("{}{}{}", kConfiguration, on_loopback ? "" : kGuestsFromElsewhere,
                         options_.small ? kSmallConfiguration : ""));
  write_file(folder_.path() / "rabbitmq-env.conf", "");
  write_file(folder_.path() / "enabled_plugins", "[].\n");
}

PrivateBroker::~PrivateBroker() {
  end_program(node_);
  end_program(epmd_);
}

groupchat::BrokerAddress PrivateBroker::address() const {
  return {.host = options_.address, .port = options_.port};
}

std::vector<std::string> PrivateBroker::environment() const {
  const std::string folder = folder_.path().string();
  return {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + folder,
          fmt::format("ERL_EPMD_PORT={}", epmd_port_), fmt::format("ERL_EPMD_ADDRESS={}", kLoopback),
          "ERL_CRASH_DUMP_SECONDS=0",  // nothing where this program happens to run
          "RABBITMQ_NODENAME=threadmill@localhost", "RABBITMQ_NODE_IP_ADDRESS=" + options_.address,
          fmt::format("RABBITMQ_NODE_PORT={}", options_.port),
          fmt::format("RABBITMQ_DIST_PORT={}", distribution_port_),
          "RABBITMQ_CONF_ENV_FILE=" + folder + "/rabbitmq-env.conf",
          "RABBITMQ_CONFIG_FILE=" + folder + "/rabbitmq.conf",
          "RABBITMQ_ENABLED_PLUGINS_FILE=" + folder + "/enabled_plugins",
          "RABBITMQ_GENERATED_CONFIG_DIR=" + folder + "/config", "RABBITMQ_MNESIA_BASE=" + folder + "/mnesia",
          "RABBITMQ_LOG_BASE=" + folder + "/log", "RABBITMQ_PID_FILE=" + folder + "/pid",
          fmt::format("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS={} {}", kErlangArguments,
                      options_.small ? kSmallErlangArguments : ""),
          // The script becomes the node, so that the process that we know is the one to kill.
          "RUNNING_UNDER_SYSTEMD=true"};
}

std::string PrivateBroker::log() const {
  const std::string text = text_in(folder_.path() / "node.log");
  return text.size() <= kLogShown ? text : text.substr(text.size() - kLogShown);
}

/// In the foreground, so that it is our child; the node finds it there and starts none of its own.
void PrivateBroker::start_epmd() {
  epmd_ = start_program({kEpmd, "-address", kLoopback, "-port", std::to_string(epmd_port_)}, environment(),
                        folder_.path() / "epmd.log");
}

void PrivateBroker::launch() {
  end_program(node_);
  ports_.release();
  if (has_ended(epmd_)) start_epmd();
  node_ = start_program({kServer}, environment(), folder_.path() / "node.log");
  node_end_.reset(static_cast<int>(::syscall(SYS_pidfd_open, node_, 0)));
  if (!node_end_) os::throw_errno("pidfd_open");
}

bool PrivateBroker::is_ready() {
  try {
    groupchat::try_login(address());
    return true;
  } catch (const groupchat::BrokerError&) {
    if (!has_ended(node_)) return false;
  }
  throw std::runtime_error(fmt::format("the broker ended: {}", log()));
}

bool PrivateBroker::start(int stop) {
  const auto began = std::chrono::steady_clock::now();
  const auto passed = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  };
  launch();
  while (!is_ready()) {
    if (passed() > kStartLimit) {
      throw std::runtime_error(fmt::format("nobody could log in at {} within {} s: {}", address().to_string(),
                                           kStartLimit.count(), log()));
    }
    if (is_readable_within(stop, kTryEvery)) return false;
  }
  start_time_ = passed();
  return true;
}

void PrivateBroker::wait_until_on_disk(const std::string& queue) const {
  const auto names = folder_.path() / "mnesia/threadmill@localhost/quorum/threadmill@localhost/names.dets";
  const auto deadline = std::chrono::steady_clock::now() + kStartLimit;
  while (text_in(names).find(queue) == std::string::npos) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error(fmt::format("{} is not in {}", queue, names.string()));
    }
    std::this_thread::sleep_for(kTryEvery);
  }
}

void PrivateBroker::kill() { end_program(node_); }

}  // namespace threadmill::harness
