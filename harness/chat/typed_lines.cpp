#include "harness/chat/typed_lines.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace threadmill::harness {
namespace {

constexpr std::size_t kReadBytes = 16 << 10;
constexpr std::size_t kLongestLineBytes = 64 << 10;

}  // namespace

bool TypedLines::read(const std::function<void(std::string_view)>& on_line) {
  std::array<char, kReadBytes> buffer;
  const ssize_t got = ::read(input_, buffer.data(), buffer.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (got > 0) typed_.append(buffer.data(), static_cast<std::size_t>(got));
  std::size_t start = 0;
  for (std::size_t at = 0; (at = typed_.find('\n', start)) != std::string::npos; start = at + 1) {
    on_line(std::string_view(typed_).substr(start, at - start));
  }
  typed_.erase(0, start);
  if (typed_.size() > kLongestLineBytes) {
    throw std::runtime_error("a line that was typed is longer than 64 KiB");
  }
  if (got > 0) return true;
  if (!typed_.empty()) on_line(typed_);
  return false;
}

}  // namespace threadmill::harness
