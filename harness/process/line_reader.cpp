#include "harness/process/line_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "os/errors.h"

namespace threadmill::harness {

LineReader::LineReader(EventLoop& loop, os::Descriptor pipe, std::size_t longest)
    : pipe_(std::move(pipe)), longest_(longest) {
  if (::fcntl(pipe_.get(), F_SETFL, O_NONBLOCK) != 0) os::throw_errno("fcntl O_NONBLOCK of a child's output");
  watch_ = loop.watch_readable(pipe_.get(), [this] { read_available(); });
}

std::optional<std::string> LineReader::next() {
  if (lines_.empty()) return std::nullopt;
  auto line = std::move(lines_.front());
  lines_.pop_front();
  return line;
}

void LineReader::discard() {
  discarding_ = true;
  lines_.clear();
  partial_.clear();
}

void LineReader::read_available() {
  char buffer[16384];
  const auto count = ::read(pipe_.get(), buffer, sizeof buffer);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return end();
  if (discarding_) return;
  partial_.append(buffer, static_cast<std::size_t>(count));
  take_lines(partial_.size() - static_cast<std::size_t>(count));
  if (was_too_long()) end();
}

void LineReader::end() {
  at_end_ = true;
  watch_.reset();
}

void LineReader::take_lines(std::size_t new_from) {
  std::size_t begin = 0;
  for (auto end = partial_.find('\n', new_from); end != std::string::npos; end = partial_.find('\n', begin)) {
    lines_.push_back(partial_.substr(begin, end - begin));
    begin = end + 1;
  }
  partial_.erase(0, begin);
}

}  // namespace threadmill::harness
