#pragma once

#include <filesystem>
#include <string>

#include "os/scratch_folder.h"

namespace threadmill {

/// A new folder that goes away with its content.
class TemporaryFolder {
 public:
  TemporaryFolder() {}  // written out, so that there may be a constant one

  const std::filesystem::path& path() const { return folder_.path(); }

  /// Writes a file, with the folders that it needs, and returns its path.
  std::filesystem::path write(const std::string& name, const std::string& text) const;

 private:
  os::ScratchFolder folder_;
};

}  // namespace threadmill
