#pragma once
// Result files: JSON Lines of raw records (results/schema/result-v1.schema.json). Written so that nothing
// measured is lost.

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "os/descriptor.h"

namespace threadmill::results {

/// The version of the format that this program writes, and the newest that it reads.
inline constexpr int kSchemaVersion = 1;

/// A result file cannot be read or written. One line that names the file and the remedy.
class ResultError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A result file as it was read.
struct ResultFile {
  std::filesystem::path path;
  nlohmann::json header;
  std::vector<nlohmann::json> scenarios;  ///< each name once; they may stand anywhere after the header
  std::vector<nlohmann::json> trials;
  std::vector<nlohmann::json> resumes;  ///< one for each time that the run was gone on with
  /// "complete" or "interrupted", of the last end record; nothing when the run broke off after it.
  std::optional<std::string> end_outcome;
  std::vector<std::string> warnings;  ///< for the user: a torn last line, no end record, a changed machine
  std::uintmax_t whole_bytes = 0;     ///< the size of the file without a torn last line
};

/// Reads a whole file. A torn last line is left out, with a warning that names file and line and says what
/// survives. Throws ResultError when it is no result file, is of a newer version, or is damaged elsewhere.
ResultFile read_result_file(const std::filesystem::path& path);

/// The same from a stream; `path` is what messages call it.
ResultFile read_results(std::istream& in, const std::filesystem::path& path);

/// Appends records to a file of which it is the only writer (flock). After each call the records are on the
/// disk. For one thread.
class ResultWriter {
 public:
  /// Creates the file with its header and scenarios in one step: it is there completely or not at all. Throws
  /// ResultError when it exists already or its folder cannot be written.
  ResultWriter(const std::filesystem::path& path, const nlohmann::json& header,
               const std::vector<nlohmann::json>& scenarios);

  /// Opens a file that is there, and changes nothing yet: what is read from now on stays as it is. Throws
  /// ResultError when it cannot be written, or another process writes to it.
  explicit ResultWriter(const std::filesystem::path& path);
  /// Cuts the file to those bytes (ResultFile::whole_bytes), and sees that the next record begins a line.
  void cut_to(std::uintmax_t bytes);

  /// One write and one fdatasync. Throws ResultError.
  void append(const nlohmann::json& record);

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  os::Descriptor file_;
};

}  // namespace threadmill::results
