#pragma once

#include <filesystem>
#include <string>

namespace threadmill::os {

/// A new folder among the temporary ones, readable by nobody else, that goes away with its content.
class TemporaryFolder {
 public:
  /// `name` begins its name. Throws std::system_error naming the folder of temporary files.
  explicit TemporaryFolder(const std::string& name);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace threadmill::os
