#pragma once
// Files that are never half there.

#include <filesystem>
#include <string>

namespace threadmill::plots {

/// Writes `text` beside `path` and renames it, so that a reader finds the old file or the new one. Throws
/// std::runtime_error that names the file and the remedy.
void write_file(const std::filesystem::path& path, const std::string& text);

}  // namespace threadmill::plots
