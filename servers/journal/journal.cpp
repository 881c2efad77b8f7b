#include "servers/journal/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

#include "os/errors.h"
#include "servers/journal/record.h"

namespace threadmill::servers {
namespace {

constexpr mode_t kOwnerOnly = 0600;  // private rooms of a small group are nobody else's
// After a commit so much memory stays for the next.
constexpr std::size_t kKeptPendingBytes = 256 << 10;

void write_all(int fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) os::throw_errno("write " + path.string());
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void force(int fd, const std::filesystem::path& path) {
  if (::fdatasync(fd) != 0) os::throw_errno("fdatasync " + path.string());
}

/// A new name in a folder is sure only once the folder is.
void force_folder(const std::filesystem::path& folder) {
  const os::Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || ::fsync(opened.get()) != 0) os::throw_errno("fsync " + folder.string());
}

std::string read_all(int fd, const std::filesystem::path& path) {
  std::string text;
  struct stat about {};
  if (::fstat(fd, &about) != 0) os::throw_errno("stat " + path.string());
  text.resize(static_cast<std::size_t>(about.st_size));
  std::size_t got = 0;
  while (got < text.size()) {
    const ssize_t count = ::pread(fd, text.data() + got, text.size() - got, static_cast<off_t>(got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) os::throw_errno("read " + path.string());
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  text.resize(got);
  return text;
}

}  // namespace

Journal::Journal(const std::filesystem::path& folder, JournalSync sync)
    : folder_(folder), path_(folder / "rooms.journal"), sync_(sync) {
  std::filesystem::create_directories(folder);
  lock(folder);
  open();
}

void Journal::lock(const std::filesystem::path& folder) {
  const auto path = folder / "lock";
  lock_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly));
  if (!lock_) os::throw_errno("open " + path.string());
  // A record lock is this process's alone (fcntl(2)): children that outlive it for a moment keep nobody out.
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(lock_.get(), F_SETLK, &whole) == 0) return;
  if (errno != EACCES && errno != EAGAIN) os::throw_errno("lock " + path.string());
  throw std::runtime_error(fmt::format(
      "--journal {}: another server has it; stop that one, or give another folder", folder.string()));
}

void Journal::open() {
  std::filesystem::remove(folder_ / "rooms.journal.new");  // of a replacement that did not come to its end
  file_.reset(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, kOwnerOnly));
  if (!file_) os::throw_errno("open " + path_.string());
  const std::string file = read_all(file_.get(), path_);
  auto contents = journal::read_contents(file);
  if (contents.status == journal::Contents::Status::foreign) {
    throw std::runtime_error(fmt::format(
        "{}: no journal of this version; move it away, or give another --journal", path_.string()));
  }
  if (contents.status == journal::Contents::Status::damaged) {
    throw std::runtime_error(fmt::format(
        "{}: the record at byte {} was damaged, and whole ones stand behind it; take the file from a "
        "copy, or cut it there (truncate -s {}), which gives up what is behind",
        path_.string(), contents.whole_bytes, contents.whole_bytes));
  }
  cut_bytes_ = file.size() - contents.whole_bytes;
  if (cut_bytes_ > 0 && ::ftruncate(file_.get(), static_cast<off_t>(contents.whole_bytes)) != 0) {
    os::throw_errno("truncate " + path_.string());
  }
  written_bytes_ = contents.whole_bytes;
  if (written_bytes_ == 0) {
    write_all(file_.get(), journal::kHeader, path_);
    written_bytes_ = journal::kHeader.size();
  }
  force(file_.get(), path_);
  force_folder(folder_);
  messages_ = std::move(contents.messages);
}

void Journal::append(const RoomMessage& message) { journal::append_record(pending_, message); }

void Journal::commit() {
  if (pending_.empty()) return;
  write_all(file_.get(), pending_, path_);
  if (sync_ != JournalSync::none) force(file_.get(), path_);
  written_bytes_ += pending_.size();
  pending_.clear();
  if (pending_.capacity() > kKeptPendingBytes) std::string().swap(pending_);
}

void Journal::replace_with(std::string_view records) {
  const auto path = folder_ / "rooms.journal.new";
  os::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, kOwnerOnly));
  if (!file) os::throw_errno("open " + path.string());
  write_all(file.get(), journal::kHeader, path);
  write_all(file.get(), records, path);
  force(file.get(), path);
  if (::rename(path.c_str(), path_.c_str()) != 0) os::throw_errno("rename " + path.string());
  force_folder(folder_);
  file_ = std::move(file);
  written_bytes_ = journal::kHeader.size() + records.size();
  pending_.clear();
}

}  // namespace threadmill::servers
