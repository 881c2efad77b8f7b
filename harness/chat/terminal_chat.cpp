#include "harness/chat/terminal_chat.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/chat/typed_lines.h"
#include "os/errors.h"

namespace threadmill::harness {
namespace {

constexpr std::size_t kReadChunkBytes = 16 << 10;
// What a server may be behind with; more ends the conversation.
constexpr std::size_t kMostUnsentBytes = 16 << 20;
// After QUIT: how long a server may take to say goodbye.
constexpr int kGoodbyeMs = 5000;

/// The state of one call of converse().
class Talk {
 public:
  Talk(Conversation& conversation, int socket, int input, int output, int stop)
      : conversation_(conversation),
        socket_(socket),
        input_(input),
        output_(output),
        stop_(stop),
        typed_(input) {}

  std::string run() {
    pass_on();
    while (!end_ && !conversation_.has_left()) {
      std::array<pollfd, 3> ready = {
          {{socket_, static_cast<short>(unsent_.empty() ? POLLIN : POLLIN | POLLOUT), 0},
           {typing_ ? input_ : -1, POLLIN, 0},
           {typing_ ? stop_ : -1, POLLIN, 0}}};
      const int count = ::poll(ready.data(), ready.size(), typing_ ? -1 : kGoodbyeMs);
      if (count < 0 && errno == EINTR) continue;
      if (count == 0) return "the server does not answer QUIT";
      if (count < 0) os::throw_errno("poll");
      if (ready[1].revents != 0) read_typed();
      if (ready[2].revents != 0) end_typing();
      if ((ready[0].revents & ~POLLOUT) != 0) receive();
      pass_on();
    }
    return end_.value_or("");
  }

 private:
  void end(std::string reason) {
    if (!end_) end_ = std::move(reason);
  }

  void read_typed() {
    const bool goes_on = typed_.read([this](std::string_view line) { conversation_.on_typed(line); });
    if (!goes_on) end_typing();
  }

  void end_typing() {
    typing_ = false;
    conversation_.on_end_of_typing();
  }

  void receive() {
    std::array<char, kReadChunkBytes> buffer;
    const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got < 0) return end(std::string("the connection was lost: ") + std::strerror(errno));
    if (got == 0) return end("the server closed the connection");
    conversation_.on_received({buffer.data(), static_cast<std::size_t>(got)});
    if (!conversation_.broken().empty()) end(conversation_.broken());
  }

  /// Sends what the socket takes, and prints.
  void pass_on() {
    unsent_ += conversation_.take_bytes_to_send();
    while (!unsent_.empty()) {
      const ssize_t sent = ::send(socket_, unsent_.data(), unsent_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0 && errno == EAGAIN) break;
      if (sent < 0) {
        end(std::string("the connection was lost: ") + std::strerror(errno));
        break;
      }
      unsent_.erase(0, static_cast<std::size_t>(sent));
    }
    if (unsent_.size() > kMostUnsentBytes) end("the server does not read");
    print(conversation_.take_lines());
  }

  void print(std::string_view lines) {
    while (!lines.empty()) {
      const ssize_t written = ::write(output_, lines.data(), lines.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return end(std::string("nothing can be printed: ") + std::strerror(errno));
      lines.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  Conversation& conversation_;
  int socket_;
  int input_;
  int output_;
  int stop_;
  TypedLines typed_;
  std::string unsent_;
  bool typing_ = true;
  std::optional<std::string> end_;  ///< why it ended, if it did
};

}  // namespace

os::Descriptor connect_to(const os::SocketAddress& address) {
  os::Descriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket || ::connect(socket.get(), address.get(), address.size()) != 0) {
    os::throw_errno("connect to " + address.to_string());
  }
  return socket;
}

std::string converse(Conversation& conversation, int socket, int input, int output, int stop) {
  return Talk(conversation, socket, input, output, stop).run();
}

}  // namespace threadmill::harness
