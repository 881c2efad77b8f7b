#include "loadgen/record_file.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <iterator>

namespace threadmill::load {
namespace {

constexpr std::size_t kLinesBytes = 64 << 10;

}  // namespace

RecordFile::RecordFile(const std::string& path)
    : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644)) {
  if (!file_) throw std::runtime_error(fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
}

void RecordFile::append(std::string_view lines) noexcept {
  ssize_t written = 0;
  do {
    written = ::write(file_.get(), lines.data(), lines.size());
  } while (written < 0 && errno == EINTR);
  // The rest of a part could come between the lines of another thread, and a disk that is full stays full.
  if (written != static_cast<ssize_t>(lines.size())) whole_.store(false, std::memory_order_relaxed);
}

void PublicationRecord::sent(std::uint32_t publisher, std::uint64_t sequence, std::string_view payload) {
  if (file_ == nullptr) return;
  fmt::format_to(std::back_inserter(lines_), "sent {} {} {}\n", publisher, sequence, payload);
  flush_if_long();
}

void PublicationRecord::confirmed(std::uint32_t publisher, std::uint64_t sequence) {
  if (file_ == nullptr) return;
  fmt::format_to(std::back_inserter(lines_), "confirmed {} {}\n", publisher, sequence);
  flush_if_long();
}

void PublicationRecord::flush_if_long() noexcept {
  if (lines_.size() >= kLinesBytes) flush();
}

void PublicationRecord::flush() noexcept {
  if (file_ != nullptr && !lines_.empty()) file_->append(lines_);
  lines_.clear();
}

}  // namespace threadmill::load
