#pragma once
// A folder for what a process needs only while it lives.

#include <filesystem>

#include "os/descriptor.h"

namespace threadmill::os {

/// A new folder of this user among the temporary ones. The destructor removes it with all that is in it.
class ScratchFolder {
 public:
  /// Throws std::system_error naming the folder.
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  Descriptor lock_;  ///< held for as long as this process lives, and by nobody else (flock(2))
};

/// Removes those of this user whose process was killed before it could. Who removes one that has just been
/// made takes it from a process that makes another then. Throws nothing.
void remove_abandoned_scratch_folders() noexcept;

}  // namespace threadmill::os
