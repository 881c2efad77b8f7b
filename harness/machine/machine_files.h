#pragma once
// The files of /proc and /sys, below a root that a test can stage.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace threadmill::harness {

/// Paths are relative to the root: "proc/loadavg".
class MachineFiles {
 public:
  explicit MachineFiles(std::filesystem::path root = "/") : root_(std::move(root)) {}

  const std::filesystem::path& root() const { return root_; }
  bool exists(const std::filesystem::path& path) const;
  /// Empty when the file cannot be read.
  std::string text(const std::filesystem::path& path) const;
  /// The first line, less white space at its ends; nothing when the file cannot be read or has none.
  std::optional<std::string> line(const std::filesystem::path& path) const;
  /// The number that the file starts with.
  std::optional<std::int64_t> number(const std::filesystem::path& path) const;
  /// What stands behind `key` on its line, as in "Name:  value" of proc_pid_status(5).
  std::optional<std::string> field(const std::filesystem::path& path, std::string_view key) const;
  /// The names in a folder, sorted; none when it cannot be read.
  std::vector<std::string> names(const std::filesystem::path& folder) const;

 private:
  std::filesystem::path root_;
};

/// The number that `text` starts with, behind white space.
std::optional<std::int64_t> leading_number(std::string_view text);
/// The words of a line, which white space separates.
std::vector<std::string> words_of(const std::string& line);

}  // namespace threadmill::harness
