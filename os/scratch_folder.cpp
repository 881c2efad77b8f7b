#include "os/scratch_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

#include "os/errors.h"

namespace threadmill::os {
namespace {

namespace fs = std::filesystem;

std::string scratch_prefix() { return fmt::format("threadmill-scratch-{}-", ::geteuid()); }

bool is_ours(const struct stat& about) { return S_ISDIR(about.st_mode) && about.st_uid == ::geteuid(); }

/// Its lock, where it is a folder of this user that nobody else has the lock of.
Descriptor try_lock(const fs::path& folder) {
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat held {};
  struct stat named {};
  // One that was locked before this, removed and made again is not the one that has been opened.
  const bool locked = opened && ::flock(opened.get(), LOCK_EX | LOCK_NB) == 0 &&
                      ::fstat(opened.get(), &held) == 0 && ::lstat(folder.c_str(), &named) == 0 &&
                      is_ours(held) && held.st_ino == named.st_ino && held.st_dev == named.st_dev;
  return locked ? std::move(opened) : Descriptor();
}

void remove_with_content(const fs::path& folder) {
  std::error_code somebody_writes;
  fs::remove_all(folder, somebody_writes);
}

}  // namespace

ScratchFolder::ScratchFolder() {
  remove_abandoned_scratch_folders();
  while (!lock_) {
    auto name = (fs::temp_directory_path() / (scratch_prefix() + "XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr) throw_errno("make a folder " + name);
    path_ = name;
    lock_ = try_lock(path_);
  }
}

ScratchFolder::~ScratchFolder() { remove_with_content(path_); }

void remove_abandoned_scratch_folders() noexcept try {
  const auto prefix = scratch_prefix();
  for (const auto& entry : fs::directory_iterator(fs::temp_directory_path())) {
    if (!entry.path().filename().string().starts_with(prefix)) continue;
    if (const auto lock = try_lock(entry.path())) remove_with_content(entry.path());
  }
} catch (const std::exception&) {
  // The folder for temporary files cannot be read, and nothing can be done about it here.
}

}  // namespace threadmill::os
