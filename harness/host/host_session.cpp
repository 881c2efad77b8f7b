#include "harness/host/host_session.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include "harness/errors.h"
#include "harness/machine/environment.h"
#include "harness/process/line_reader.h"
#include "os/clock.h"
#include "os/errors.h"

namespace threadmill::harness {
namespace {

// Under sshd(8) standard output may be the same socket as standard input, which does not block. Says whether
// the harness still takes it.
bool write_line(int fd, std::string text) {
  text.push_back('\n');
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto count = ::write(fd, rest.data(), rest.size());
    if (count > 0) rest.remove_prefix(static_cast<std::size_t>(count));
    if (count >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN) return false;
    pollfd writable{fd, POLLOUT, 0};
    ::poll(&writable, 1, -1);
  }
  return true;
}

nlohmann::json failed_answer(const TrialFailure& failure) {
  return {{"failed", {{"stage", failure.stage()}, {"reason", failure.what()}}}};
}

}  // namespace

nlohmann::json HostSession::answer(const HostRequest& request) {
  nlohmann::json answer;
  try {
    answer = act(request);
  } catch (const TrialFailure& failure) {
    answer = failed_answer(failure);
  }
  if (server_) answer["server"] = server_->to_json();
  return answer;
}

nlohmann::json HostSession::act(const HostRequest& request) {
  if (request.action == HostAction::stop) return stop();
  if (request.action == HostAction::start ? server_ != nullptr : !started_)
    throw InputError("threadmill host: one server is started, first of all");
  const bool asks_for_samples = request.action == HostAction::gate || request.action == HostAction::samples;
  if (asks_for_samples && !watched_)
    throw InputError("threadmill host: the server is not watched yet; ask to \"watch\" it first");
  switch (request.action) {
    case HostAction::start:
      return start(request.order);
    case HostAction::clock:
      return {{"t_ns", os::monotonic_ns()}};
    case HostAction::watch:
      server_->begin_watch();
      watched_ = true;
      break;
    case HostAction::gate:
      server_->at_gate(request.gate, std::nullopt);
      break;
    case HostAction::samples:
      return server_->watched();
    case HostAction::settle: {
      const auto cpu_ns = server_->settled_cpu_ns();
      return {{"cpu_ns", cpu_ns ? nlohmann::json(*cpu_ns) : nlohmann::json(nullptr)}};
    }
    case HostAction::state:
      return {{"state", server_->describe_state()}};
    case HostAction::stop:
      break;
  }
  return nlohmann::json::object();
}

// A program that is not there is told with its remedy, which is one for this machine.
nlohmann::json HostSession::start(const ServerOrder& order) {
  if (const auto why = why_missing(order.subject)) throw TrialFailure("start", *why);
  try {
    server_ = std::make_unique<LocalServer>(loop_, order, cpus_);
    server_->start();
  } catch (const std::system_error& error) {
    throw TrialFailure("start", error.what());
  }
  started_ = serves_ = true;
  return {{"port", server_->port()}};
}

nlohmann::json HostSession::stop() {
  ended_ = true;
  serves_ = false;
  if (server_) server_->stop();
  return nlohmann::json::object();
}

std::optional<nlohmann::json> HostSession::news() {
  if (!has_news()) return std::nullopt;
  serves_ = false;
  return nlohmann::json{{"exited", server_->describe_exit()}, {"server", server_->to_json()}};
}

void serve_harness(EventLoop& loop, os::Descriptor in, int out) {
  const auto cpus = plan_cpus();
  LineReader lines(loop, std::move(in), kLongestRequest);
  if (!write_line(out, to_line(HostFacts{describe_environment(), cpus.server}))) return;
  const os::ThreadPin pin(cpus.generator);  // sampling must not disturb the server
  HostSession session(loop, cpus);
  bool is_heard = true;
  while (is_heard && !session.has_ended()) {
    loop.wait_for([&] { return lines.has_line() || lines.at_end() || session.has_news(); },
                  std::chrono::hours(1));
    if (const auto news = session.news()) {
      is_heard = write_line(out, line_of(*news));
    } else if (const auto line = lines.next()) {
      is_heard = write_line(out, line_of(session.answer(parse_host_request(*line))));
    } else if (lines.was_too_long()) {
      throw InputError(
          fmt::format("threadmill host: a line of its input has no end within {} bytes", kLongestRequest));
    } else {
      is_heard = !lines.at_end();
    }
  }
}

}  // namespace threadmill::harness
