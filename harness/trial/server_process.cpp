#include "harness/trial/server_process.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <vector>

#include "harness/process/proc_file.h"
#include "harness/process/process_tree.h"
#include "os/address.h"
#include "os/errors.h"
#include "os/held_ports.h"
#include "os/network_namespace.h"

namespace threadmill::harness {
namespace {

constexpr std::chrono::milliseconds kConnectInterval{2};
constexpr std::chrono::milliseconds kWatchInterval{20};
// PID_MAX_LIMIT (linux/include/linux/threads.h).
constexpr pid_t kMostPid = 4 << 20;
// Between the end of its output and its own.
constexpr std::chrono::seconds kExitLimit{1};

os::Descriptor make_socket(const Place& place) {
  os::Descriptor socket;
  os::in_network_namespace(place.network_namespace, [&] {
    socket.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) os::throw_errno("socket");
  });
  return socket;
}

// Another program may take it before the server does; the trial then fails and says so.
std::uint16_t free_port(const Place& place) {
  os::HeldPorts ports;
  std::uint16_t port = 0;
  os::in_network_namespace(place.network_namespace, [&] { port = ports.hold(place.address); });
  return port;
}

bool accepts_connections(const Place& place, std::uint16_t port) {
  const auto socket = make_socket(place);
  const os::SocketAddress address(place.address, port);
  return ::connect(socket.get(), address.get(), address.size()) == 0;
}

std::optional<pid_t> victim_in(const nlohmann::json& line) {
  if (!line.is_object() || !line.contains("victim_pid")) return std::nullopt;
  const auto& pid = line["victim_pid"];
  return pid.is_number_unsigned() && pid > 0 && pid <= kMostPid ? std::optional(pid.get<pid_t>())
                                                                : std::nullopt;
}

bool lives_below(pid_t process, pid_t root) {
  const auto tree = process_tree(root);
  return std::find(tree.begin(), tree.end(), process) != tree.end() &&
         still_runs(process, read_process(process).start_ticks);
}

// A program that leaves SIGTERM to its default dies of it, and that is a good end; shells report it as 143.
bool ended_well(const ChildExit& exit) {
  return exit.signal == SIGTERM || exit.status == 0 || exit.status == 128 + SIGTERM;
}

}  // namespace

nlohmann::json unstarted_server(const Subject& subject, const std::vector<std::string>& command) {
  return {{"command", command_to_keep(subject, command)},
          {"ready", nullptr},
          {"exit_status", nullptr},
          {"signal", nullptr},
          {"user_us", 0},
          {"system_us", 0},
          {"max_rss_bytes", 0}};
}

ServerProcess::ServerProcess(EventLoop& loop, const Subject& subject, const std::string& service,
                             const os::CpuSet& cpus, std::size_t connections,
                             const std::vector<std::string>& more, Place place, std::filesystem::path journal)
    : loop_(loop),
      subject_(subject),
      service_(service),
      cpus_(cpus),
      more_(more),
      place_(std::move(place)),
      journal_(std::move(journal)),
      port_(subject.is_model ? std::uint16_t{0} : free_port(place_)),
      guard_(connections) {
  command_ = words();
}

/// With the port as it is known by now.
std::vector<std::string> ServerProcess::words() const {
  auto words = fill_in(subject_.command,
                       {{"address", place_.address}, {"port", std::to_string(port_)}, {"service", service_}});
  words.insert(words.end(), more_.begin(), more_.end());
  return words;
}

void ServerProcess::spawn(bool with_lines) {
  ChildCommand command;
  command.argv = fill_in(words(), {{"journal", journal_.string()}});
  command.cpus = cpus_;
  command.network_namespace = place_.network_namespace;
  command.with_lines = with_lines;
  command.longest_line = kLongestReadyLine;
  process_ = std::make_unique<ChildProcess>(loop_, command);
}

// As where the run was interrupted.
ServerProcess::~ServerProcess() {
  if (process_ && subject_.stop_within > kStopLimit)
    process_->ask_to_end(subject_.stop_within, subject_.stop_signal);
}

void ServerProcess::start() {
  try {
    spawn(subject_.ready == ReadyBy::json_line);
  } catch (const std::system_error& error) {
    throw TrialFailure("start", error.what());
  }
  keep_watch();
  if (subject_.ready == ReadyBy::json_line) {
    wait_for_ready_line();
  } else {
    wait_for_connect();
  }
  guard_.look();  // what was forked by now belongs to the start
  if (guard_.has_struck()) throw TrialFailure("start", guard_.describe());
}

void ServerProcess::kill() { ::kill(-process_->pid(), SIGKILL); }

void ServerProcess::ask_to_end() { ::kill(process_->pid(), subject_.stop_signal); }

void ServerProcess::start_again() {
  process_.reset();  // first, as it has the port
  victim_.reset();
  try {
    spawn(false);  // who waits for it are its clients
  } catch (const std::system_error& error) {
    throw TrialFailure("load", fmt::format("the server could not be started again: {}", error.what()));
  }
}

void ServerProcess::trim_stderr() {
  if (process_) process_->trim_stderr();
}

pid_t ServerProcess::victim() {
  read_who_is_victim();
  if (!lives_below(*victim_, process_->pid()))
    throw TrialFailure("load", fmt::format("process {}, which the server has named to be hit, is not there, "
                                           "or no descendant of the server",
                                           *victim_));
  return *victim_;
}

void ServerProcess::read_who_is_victim() {
  if (!has_supervisor()) return;
  while (const auto line = process_->lines().next()) {
    if (const auto named = victim_in(nlohmann::json::parse(*line, nullptr, false))) victim_ = named;
  }
}

void ServerProcess::keep_watch() {
  watch_ = loop_.repeat(kWatchInterval, [this]() -> EventLoop::Clock::duration {
    guard_.look();
    trim_stderr();
    read_who_is_victim();
    return kWatchInterval;
  });
}

void ServerProcess::wait_for_ready_line() {
  auto& lines = process_->lines();
  loop_.wait_for([&] { return lines.has_line() || lines.at_end() || guard_.has_struck(); },
                 subject_.ready_within);
  if (const auto line = lines.next()) {
    read_ready_line(*line);
    if (!has_supervisor()) lines.discard();
    return;
  }
  if (lines.was_too_long()) {
    throw TrialFailure("start", fmt::format("the server's first line has no end within {} bytes{}",
                                            kLongestReadyLine, last_words()));
  }
  if (lines.at_end()) loop_.wait_for([this] { return has_exited(); }, kExitLimit);
  if (has_exited()) throw TrialFailure("start", describe_exit() + " before it was ready");
  if (lines.at_end()) {
    throw TrialFailure("start", "the server closed its standard output before a ready line" + last_words());
  } else {
    throw TrialFailure("start", fmt::format("the server printed no ready line within {} s{}",
                                            subject_.ready_within.count() / 1000, last_words()));
  }
}

void ServerProcess::read_ready_line(const std::string& line) {
  ready_ = nlohmann::json::parse(line, nullptr, false);
  const bool has_port = ready_.is_object() && ready_.contains("port") &&
                        ready_["port"].is_number_unsigned() && ready_["port"] > 0 && ready_["port"] < 65536;
  if (!has_port) {
    ready_ = nullptr;
    throw TrialFailure(
        "start", fmt::format("the server's first line is not {{\"port\": ...}}: {}", line.substr(0, 200)));
  }
  port_ = ready_["port"].get<std::uint16_t>();
  victim_ = victim_in(ready_);
}

void ServerProcess::wait_for_connect() {
  bool connected = false;
  const auto timer = loop_.repeat(kConnectInterval, [&]() -> EventLoop::Clock::duration {
    connected = connected || accepts_connections(place_, port_);
    return kConnectInterval;
  });
  loop_.wait_for([&] { return connected || has_exited(); }, subject_.ready_within);
  if (has_exited()) throw TrialFailure("start", describe_exit() + " before it was ready");
  if (!connected) {
    throw TrialFailure("start", fmt::format("the server accepted no connection on port {} within {} s{}",
                                            port_, subject_.ready_within.count() / 1000, last_words()));
  }
}

bool ServerProcess::has_exited() const { return guard_.has_struck() || has_ended(); }

void ServerProcess::stop() {
  if (!process_) return;
  asked_to_stop_ = true;
  const bool ended = process_->stop(subject_.stop_within, subject_.stop_signal);
  if (guard_.has_struck()) throw TrialFailure("stop", guard_.describe());
  if (!ended) {
    throw TrialFailure("stop", fmt::format("the server did not end within {} s of SIG{} and was killed{}",
                                           subject_.stop_within.count() / 1000,
                                           ::sigabbrev_np(subject_.stop_signal), last_words()));
  }
  if (!ended_well(*process_->exit())) throw TrialFailure("stop", describe_exit() + " when asked to stop");
}

std::string ServerProcess::last_words() const {
  const auto words = process_ ? process_->last_words() : std::string{};
  return words.empty() ? words : fmt::format("; its last words: {}", words);
}

std::string ServerProcess::describe_exit() const {
  if (guard_.has_struck()) return guard_.describe();
  const auto& exit = *process_->exit();
  const bool left = exit.status == 0 && !asked_to_stop_;
  return fmt::format("the server {}{}{}", exit.describe(), left ? " (it has to stay in the foreground)" : "",
                     last_words());
}

std::string ServerProcess::describe_state() const {
  if (!process_) return {};
  const auto status = read_proc_file(fmt::format("/proc/{}/status", process_->pid()));
  return status.find("\nState:\tT") == std::string::npos ? ""
                                                         : "; the server's process is stopped, as by SIGSTOP";
}

nlohmann::json ServerProcess::to_json() const {
  auto json = unstarted_server(subject_, command_);
  json["ready"] = ready_;
  if (!has_ended()) return json;
  const auto& exit = *process_->exit();
  if (exit.status) json["exit_status"] = *exit.status;
  if (exit.signal) json["signal"] = *exit.signal;
  json["user_us"] = exit.user_us;
  json["system_us"] = exit.system_us;
  json["max_rss_bytes"] = exit.max_rss_bytes;
  return json;
}

}  // namespace threadmill::harness
