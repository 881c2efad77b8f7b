#include "groupchat/history.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include "os/errors.h"

namespace threadmill::groupchat {
namespace {

/// Where the file's last whole line ends.
off_t end_of_last_line(std::ifstream& in, off_t size) {
  for (off_t at = size; at > 0; --at) {
    in.seekg(at - 1);
    if (in.get() == '\n') return at;
  }
  return 0;
}

/// Whether the file begins as what write_message() writes, or would if it were longer.
bool may_begin_message(std::ifstream& in) {
  constexpr std::array<std::string_view, 2> fronts = {R"({"content":")", R"({"id":")"};
  std::array<char, 16> bytes{};
  in.clear();
  in.seekg(0);
  in.read(bytes.data(), bytes.size());
  const std::string_view begun(bytes.data(), static_cast<std::size_t>(in.gcount()));
  return std::any_of(fronts.begin(), fronts.end(), [begun](std::string_view front) {
    return front.starts_with(begun) || begun.starts_with(front);
  });
}

}  // namespace

History::History(const std::filesystem::path& file, HistoryLimits limits) : limits_(limits), path_(file) {
  file_.reset(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!file_) os::throw_errno("open " + file.string());
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
    throw std::runtime_error(fmt::format(
        "{}: another process keeps its history there; end it, or give another file", file.string()));
  }
  load(file);
}

void History::load(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const auto size = static_cast<off_t>(std::filesystem::file_size(file));
  const off_t whole = end_of_last_line(in, size);
  in.clear();
  in.seekg(0);
  std::deque<Message> latest;
  off_t read = 0;
  for (std::string line; read < whole && std::getline(in, line);
       read += static_cast<off_t>(line.size()) + 1) {
    try {
      latest.push_back(read_message(line));
    } catch (const BadMessage& error) {
      throw std::runtime_error(fmt::format("{}: the line at byte {} is no message ({}); give another file",
                                           file.string(), read, error.what()));
    }
    remember(latest.back().id);
    if (latest.size() > limits_.latest) latest.pop_front();
  }
  // Nothing is cut off before the file is known to be ours.
  if (whole == 0 && size > 0 && !may_begin_message(in)) {
    throw std::runtime_error(fmt::format("{}: begins with no message; give another file", file.string()));
  }
  if (whole != size && ::ftruncate(file_.get(), whole) != 0) os::throw_errno("ftruncate " + file.string());
  size_bytes_ = whole;
  latest_.assign(latest.begin(), latest.end());
}

void History::remember(const std::string& id) {
  if (!ids_.insert(id).second) return;
  order_.push_back(id);
  if (order_.size() <= limits_.ids) return;
  ids_.erase(order_.front());
  order_.pop_front();
}

void History::fail_to_keep(ssize_t written) {
  const int error = written < 0 ? errno : ENOSPC;
  static_cast<void>(::ftruncate(file_.get(), size_bytes_));  // a part of a line would spoil the next one
  errno = error;
  os::throw_errno("write " + path_.string());
}

void History::keep(const Message& message) {
  if (file_) {
    const std::string line = write_message(message) + "\n";
    ssize_t written = 0;
    do {
      written = ::write(file_.get(), line.data(), line.size());
    } while (written < 0 && errno == EINTR);
    if (written != static_cast<ssize_t>(line.size())) fail_to_keep(written);
    size_bytes_ += written;
  }
  remember(message.id);
}

}  // namespace threadmill::groupchat
