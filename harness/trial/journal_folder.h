#pragma once
// Where a server of ours keeps its journal in a trial.

#include <cstddef>
#include <filesystem>
#include <optional>

#include "os/descriptor.h"
#include "os/scratch_folder.h"

namespace threadmill::harness {

/// A folder of its own, which goes with it, or with the next one where this process was killed. On the disk
/// of temporary files; or, to become full, a small file system in memory (tmpfs(5)) that is mounted nowhere:
/// it is reached through a descriptor of this process and goes with it, however this process ends.
class JournalFolder {
 public:
  enum class On { disk, small_tmpfs };

  /// Throws TrialFailure of stage "start" naming what it takes: a tmpfs takes root.
  explicit JournalFolder(On on);
  JournalFolder(const JournalFolder&) = delete;
  JournalFolder& operator=(const JournalFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// On a small tmpfs: takes all the room that is left; gives it back. Throw std::system_error.
  void fill();
  void empty();

 private:
  std::filesystem::path path_;
  std::optional<os::ScratchFolder> folder_;  // on the disk
  os::Descriptor mount_;
};

}  // namespace threadmill::harness
