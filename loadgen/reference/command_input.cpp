#include "loadgen/reference/command_input.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace threadmill::load::reference {
namespace {

constexpr std::size_t kLongestBytes = 4096;

bool can_have_commands(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return false;
  return S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || ::isatty(fd) == 1;
}

}  // namespace

CommandInput::CommandInput(int fd) : fd_(fd), usable_(can_have_commands(fd)) {}

void CommandInput::look() {
  if (!usable_ || at_end_) return;
  pollfd watched{fd_, POLLIN, 0};
  if (::poll(&watched, 1, 0) <= 0) return;
  char bytes[512];
  const ssize_t got = ::read(fd_, bytes, sizeof bytes);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got > 0) waiting_.append(bytes, static_cast<std::size_t>(got));
  at_end_ = got <= 0 || waiting_.size() > kLongestBytes;
}

std::optional<std::string> CommandInput::next_line() {
  const auto end = waiting_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = waiting_.substr(0, end);
  waiting_.erase(0, end + 1);
  return line;
}

}  // namespace threadmill::load::reference
