#include "tests/groupchat/private_broker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <random>
#include <stdexcept>
#include <thread>

#include "groupchat/amqp/post.h"
#include "os/address.h"
#include "os/descriptor.h"
#include "os/errors.h"
#include "tests/support/text_files.h"

namespace threadmill::groupchat {
namespace {

// Debian's own name for it would become the user rabbitmq first.
constexpr const char* kServer = "/usr/lib/rabbitmq/bin/rabbitmq-server";
constexpr const char* kEpmd = "/usr/bin/epmd";
constexpr std::chrono::seconds kStartLimit{120};
constexpr std::chrono::milliseconds kTryEvery{50};
constexpr int kPortsTried = 100;
constexpr std::size_t kLogShown = 2000;

// A write-ahead log that suits a test's disk, and a node that needs no more than one CPU.
constexpr const char* kConfiguration =
    "log.console = false\nlog.file.level = warning\nraft.wal_max_size_bytes = 33554432\n";
constexpr const char* kErlangArguments = "+S 1:1 +SDcpu 1:1 +SDio 4 +A 4";

/// A port that nobody has at the moment, below those that outgoing connections leave from: one of them would
/// take it while the broker is down.
std::uint16_t free_port() {
  std::random_device chance;
  std::uniform_int_distribution<std::uint16_t> ports(10'000, 30'000);
  for (int i = 0; i < kPortsTried; ++i) {
    const os::SocketAddress address("127.0.0.1", ports(chance));
    const os::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(socket.get(), address.get(), address.size()) == 0) return address.port();
  }
  os::throw_errno("bind");
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

/// Dies with this thread, and writes what it says to the file.
pid_t start_program(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                    const std::string& said) {
  const auto words = pointers_to(argv);
  const auto variables = pointers_to(environment);
  const os::Descriptor output(::open(said.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  const os::Descriptor input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const pid_t pid = ::fork();
  if (pid < 0) os::throw_errno("fork");
  if (pid != 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);  // what a terminal sends is not for it
  ::dup2(input.get(), STDIN_FILENO);
  ::dup2(output.get(), STDOUT_FILENO);
  ::dup2(output.get(), STDERR_FILENO);
  ::execve(words[0], words.data(), variables.data());
  ::_exit(127);
}

void end_program(pid_t& pid) {
  if (pid <= 0) return;
  ::kill(-pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  pid = -1;
}

bool has_ended(pid_t& pid) {
  if (::waitpid(pid, nullptr, WNOHANG) != pid) return false;
  pid = -1;
  return true;
}

}  // namespace

std::string PrivateBroker::missing() {
  if (::access(kServer, X_OK) != 0) return "rabbitmq-server (Debian: rabbitmq-server)";
  if (::access(kEpmd, X_OK) != 0) return "epmd (Debian: erlang-base)";
  return "";
}

PrivateBroker::PrivateBroker()
    : port_(free_port()), distribution_port_(free_port()), epmd_port_(free_port()) {
  folder_.write("rabbitmq.conf", kConfiguration);
  folder_.write("rabbitmq-env.conf", "");
  folder_.write("enabled_plugins", "[].\n");
  // In the foreground, so that it is our child; the node finds it there and starts none of its own.
  epmd_ = start_program({kEpmd, "-address", "127.0.0.1", "-port", std::to_string(epmd_port_)}, environment(),
                        folder_.path() / "epmd.log");
  try {
    start();
  } catch (...) {
    end_program(node_);
    end_program(epmd_);
    throw;
  }
}

PrivateBroker::~PrivateBroker() {
  end_program(node_);
  end_program(epmd_);
}

BrokerAddress PrivateBroker::address() const { return {.host = "127.0.0.1", .port = port_}; }

std::vector<std::string> PrivateBroker::environment() const {
  const std::string folder = folder_.path().string();
  return {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + folder,
          fmt::format("ERL_EPMD_PORT={}", epmd_port_), "ERL_EPMD_ADDRESS=127.0.0.1",
          "ERL_CRASH_DUMP_SECONDS=0",  // nothing where this program happens to run
          "RABBITMQ_NODENAME=threadmill@localhost", "RABBITMQ_NODE_IP_ADDRESS=127.0.0.1",
          fmt::format("RABBITMQ_NODE_PORT={}", port_),
          fmt::format("RABBITMQ_DIST_PORT={}", distribution_port_),
          "RABBITMQ_CONF_ENV_FILE=" + folder + "/rabbitmq-env.conf",
          "RABBITMQ_CONFIG_FILE=" + folder + "/rabbitmq.conf",
          "RABBITMQ_ENABLED_PLUGINS_FILE=" + folder + "/enabled_plugins",
          "RABBITMQ_GENERATED_CONFIG_DIR=" + folder + "/config", "RABBITMQ_MNESIA_BASE=" + folder + "/mnesia",
          "RABBITMQ_LOG_BASE=" + folder + "/log", "RABBITMQ_PID_FILE=" + folder + "/pid",
          fmt::format("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS={}", kErlangArguments),
          // The script becomes the node, so that the process that we know is the one to kill.
          "RUNNING_UNDER_SYSTEMD=true"};
}

std::string PrivateBroker::log() const {
  const auto file = folder_.path() / "node.log";
  const std::string text = std::filesystem::exists(file) ? contents_of(file) : "";
  return text.size() <= kLogShown ? text : text.substr(text.size() - kLogShown);
}

void PrivateBroker::start() {
  const auto began = std::chrono::steady_clock::now();
  node_ = start_program({kServer}, environment(), folder_.path() / "node.log");
  for (;;) {
    std::this_thread::sleep_for(kTryEvery);
    const auto passed = std::chrono::steady_clock::now() - began;
    start_time_ = std::chrono::duration_cast<std::chrono::milliseconds>(passed);
    try {
      const Post client(address());
      return;
    } catch (const BrokerError& error) {
      if (has_ended(node_)) throw std::runtime_error(fmt::format("the broker ended: {}", log()));
      if (passed > kStartLimit) throw std::runtime_error(fmt::format("{}: {}", error.what(), log()));
    }
  }
}

void PrivateBroker::wait_until_on_disk(const std::string& queue) const {
  const auto names = folder_.path() / "mnesia/threadmill@localhost/quorum/threadmill@localhost/names.dets";
  const auto deadline = std::chrono::steady_clock::now() + kStartLimit;
  while (contents_of(names).find(queue) == std::string::npos) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error(fmt::format("{} is not in {}", queue, names.string()));
    }
    std::this_thread::sleep_for(kTryEvery);
  }
}

void PrivateBroker::kill() { end_program(node_); }

}  // namespace threadmill::groupchat
