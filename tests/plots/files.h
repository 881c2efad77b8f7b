#pragma once
// Files for the tests of views.

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/temporary_folder.h"
#include "tests/support/text_files.h"

namespace threadmill::plots {

inline const std::filesystem::path data_folder =
    std::filesystem::path(THREADMILL_SOURCE_DIR) / "tests/plots/data";

/// An environment variable with another value until the end of the test.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const std::string& value) : name_(name) {
    const char* before = ::getenv(name);
    if (before != nullptr) before_ = before;
    was_set_ = before != nullptr;
    ::setenv(name, value.c_str(), 1);
  }
  ~ScopedVariable() { was_set_ ? ::setenv(name_, before_.c_str(), 1) : ::unsetenv(name_); }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  const char* name_;
  std::string before_;
  bool was_set_ = false;
};

/// The small result file with `from` replaced by `to` in every text of it, keys and values.
inline std::filesystem::path small_file_with(const std::filesystem::path& folder, const std::string& from,
                                             const std::string& to) {
  const std::string quoted_from = nlohmann::json(from).dump(), quoted_to = nlohmann::json(to).dump();
  std::string text = contents_of(data_folder / "small.jsonl");
  for (std::size_t at = 0; (at = text.find(quoted_from, at)) != std::string::npos; at += quoted_to.size()) {
    text.replace(at, quoted_from.size(), quoted_to);
  }
  const auto path = folder / "changed.jsonl";
  std::ofstream(path) << text;
  return path;
}

}  // namespace threadmill::plots
