#include "servers/net/switchboard_client.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>

#include "servers/net/socket_io.h"

namespace threadmill::servers {
namespace {

std::size_t to_number(std::string_view text) {
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::size_t SwitchboardClient::publish(std::string_view topic, Publication publication) {
  return to_number(ask({FrameKind::publish, topic, publication.bytes}));
}

std::size_t SwitchboardClient::member_count(std::string_view topic) {
  return to_number(ask({FrameKind::member_count, topic, {}}));
}

std::vector<std::string> SwitchboardClient::topics() {
  const std::string answer = ask({FrameKind::topics, {}, {}});
  std::vector<std::string> names;
  std::string_view rest = answer;
  while (const auto name = take_frame(rest)) names.emplace_back(name->topic);
  return names;
}

std::string SwitchboardClient::run(Member&, std::span<const std::string_view> words) {
  std::string body;
  for (const auto word : words) append_frame(body, {FrameKind::lobby, word, {}});
  return ask({FrameKind::lobby, {}, body});
}

void SwitchboardClient::leave(Member&, Departure how) {
  ask({FrameKind::lobby, how == Departure::clean ? kLeftLobby : kLostLobby, {}});
}

std::string SwitchboardClient::ask(const Frame& question) {
  question_.clear();
  append_frame(question_, question);
  std::string_view unsent = question_;
  answered_ = false;
  // Reading goes on while the question is on its way: a parent that waits for us to read does not read from
  // us.
  while (!answered_ && !gone_) {
    if (!unsent.empty() && !send_some(unsent)) gone_ = true;
    if (!gone_) wait(!unsent.empty());
  }
  give_back(question_);
  return answered_ ? std::move(answer_) : std::string();
}

void SwitchboardClient::wait(bool to_send) {
  pollfd ready{channel_, static_cast<short>(to_send ? POLLIN | POLLOUT : POLLIN), 0};
  if (::poll(&ready, 1, -1) > 0 && (ready.revents & ~POLLOUT) != 0) on_readable();
}

bool SwitchboardClient::send_some(std::string_view& bytes) {
  const ssize_t sent = ::send(channel_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent >= 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  return sent >= 0 || errno == EAGAIN || errno == EINTR;
}

bool SwitchboardClient::on_readable() {
  std::array<char, kReadBytes> buffer;
  const auto got = read_some(channel_, buffer, MSG_DONTWAIT);
  if (got.status == IoStatus::would_block) return true;
  if (got.status != IoStatus::done) {
    gone_ = true;
    return false;
  }
  const bool whole = input_.empty();
  if (!whole) input_.append(got.bytes);
  std::string_view rest = whole ? got.bytes : std::string_view(input_);
  while (const auto frame = take_frame(rest)) {
    if (frame->kind == FrameKind::deliver) {
      deliver_(frame->body);
    } else if (frame->kind != FrameKind::welcome) {
      answer_ = frame->body;
      answered_ = true;
    }
  }
  keep_rest(input_, whole, rest);
  return true;
}

}  // namespace threadmill::servers
