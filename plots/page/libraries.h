#pragma once
// The JavaScript that draws charts in a page, as npm installed it.

#include <filesystem>
#include <string>
#include <vector>

namespace threadmill::plots {

struct Library {
  std::string name;     ///< "vega"
  std::string licence;  ///< the text that has to go along with it
  std::string code;     ///< minified; defines a global
};

struct Libraries {
  std::vector<Library> all;  ///< in the order in which a page has to load them; empty where one is missing
  std::string problem;       ///< one line: which is missing, and the remedy; empty when all are there
};

/// vega, vega-lite and vega-embed from `plots`/node_modules.
Libraries read_libraries(const std::filesystem::path& plots);

}  // namespace threadmill::plots
