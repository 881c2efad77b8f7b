#include "os/temporary_folder.h"

#include <stdlib.h>

#include "os/errors.h"

namespace threadmill::os {
namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder(const std::string& name) {
  const auto among = fs::temp_directory_path();
  std::string path = (among / (name + "-XXXXXX")).string();
  if (::mkdtemp(path.data()) == nullptr) throw_errno("make a folder in " + among.string());
  path_ = path;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace threadmill::os
