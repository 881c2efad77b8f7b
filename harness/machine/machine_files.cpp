#include "harness/machine/machine_files.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>

#include "harness/process/proc_file.h"

namespace threadmill::harness {
namespace {

std::string without_outer_space(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::optional<std::string> unless_empty(std::string text) {
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

}  // namespace

bool MachineFiles::exists(const std::filesystem::path& path) const {
  std::error_code error;
  return std::filesystem::exists(root_ / path, error);
}

std::string MachineFiles::text(const std::filesystem::path& path) const {
  return read_proc_file((root_ / path).string());
}

std::optional<std::string> MachineFiles::line(const std::filesystem::path& path) const {
  const std::string all = text(path);
  return unless_empty(without_outer_space(all.substr(0, all.find('\n'))));
}

std::optional<std::int64_t> MachineFiles::number(const std::filesystem::path& path) const {
  return leading_number(text(path));
}

std::optional<std::string> MachineFiles::field(const std::filesystem::path& path,
                                               std::string_view key) const {
  std::istringstream lines(text(path));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key)) continue;
    const auto rest = line.substr(key.size());
    const auto colon = rest.find_first_not_of(" \t");
    if (colon != std::string::npos && rest[colon] == ':') {
      return unless_empty(without_outer_space(rest.substr(colon + 1)));
    }
  }
  return std::nullopt;
}

std::vector<std::string> MachineFiles::names(const std::filesystem::path& folder) const {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(root_ / folder, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<std::int64_t> leading_number(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} ? std::optional(number) : std::nullopt;
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream words(line);
  return {std::istream_iterator<std::string>(words), {}};
}

}  // namespace threadmill::harness
