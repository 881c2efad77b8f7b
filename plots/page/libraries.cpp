#include "plots/page/libraries.h"

#include <fstream>
#include <iterator>
#include <optional>

#include "plots/charts/charts.h"

namespace threadmill::plots {
namespace {

namespace fs = std::filesystem;

struct LibraryFile {
  const char* name;
  const char* code;
};

/// Each needs those before it.
constexpr LibraryFile library_files[] = {
    {"vega", "build/vega.min.js"},
    {"vega-lite", "build/vega-lite.min.js"},
    {"vega-embed", "build/vega-embed.min.js"},
};

std::optional<std::string> whole_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in || fs::is_directory(file)) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

Libraries read_libraries(const fs::path& plots) {
  Libraries libraries;
  for (const LibraryFile& file : library_files) {
    const fs::path folder = plots / "node_modules" / file.name;
    auto code = whole_file(folder / file.code);
    if (!code) return {{}, std::string(file.name) + " is not installed; " + remedy_for_modules(plots)};
    libraries.all.push_back({file.name, whole_file(folder / "LICENSE").value_or(""), std::move(*code)});
  }
  return libraries;
}

}  // namespace threadmill::plots
