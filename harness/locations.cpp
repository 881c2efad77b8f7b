#include "harness/locations.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "harness/errors.h"

namespace threadmill::harness {
namespace fs = std::filesystem;
namespace {

bool is_program(const fs::path& path) {
  return fs::is_regular_file(path) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

fs::path home_folder() {
  const char* home = std::getenv("THREADMILL_HOME");
  return home != nullptr && *home != '\0' ? fs::path(home) : fs::path(THREADMILL_SOURCE_DIR);
}

fs::path program_folder() { return fs::read_symlink("/proc/self/exe").parent_path(); }

std::string how_to_build() {
  return fmt::format("cmake --build {}", program_folder().parent_path().string());
}

fs::path program(const std::string& name) {
  auto path = program_folder() / name;
  if (::access(path.c_str(), X_OK) != 0) {
    throw std::runtime_error(fmt::format("{} is missing; build it: {}", path.string(), how_to_build()));
  }
  return path;
}

bool is_installed(const std::string& program) {
  if (program.find('/') != std::string::npos) return is_program(program);
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/bin:/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (is_program(fs::path(folder) / program)) return true;
  }
  return false;
}

std::vector<fs::path> json_files(const fs::path& folder, std::string_view option) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  if (error)
    throw InputError(fmt::format("{}{}{}: {}; give a folder of .json files that you may read", option,
                                 option.empty() ? "" : " ", folder.string(), error.message()));
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace threadmill::harness
