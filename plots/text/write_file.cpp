#include "plots/text/write_file.h"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

namespace threadmill::plots {

void write_file(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path beside = path.string() + ".new";
  std::ofstream file(beside, std::ios::binary);
  file << text;
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(beside, path, error);
  if (file && !error) return;
  std::filesystem::remove(beside, error);
  throw std::runtime_error(
      fmt::format("cannot write {}: is the folder writable and the disk not full?", path.string()));
}

}  // namespace threadmill::plots
