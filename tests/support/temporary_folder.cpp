#include "tests/support/temporary_folder.h"

#include <fstream>

namespace threadmill {

std::filesystem::path TemporaryFolder::write(const std::string& name, const std::string& text) const {
  const auto file = path() / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

}  // namespace threadmill
