#include "results/file/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string_view>

#include "results/file/json_access.h"

namespace threadmill::results {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

[[noreturn]] void fail(const fs::path& path, const std::string& what) {
  throw ResultError(fmt::format("{}: {}", path.string(), what));
}

[[noreturn]] void fail_errno(const fs::path& path, const std::string& what) {
  fail(path, fmt::format("{}: {}", what, std::strerror(errno)));
}

void check_header(const fs::path& path, const json& header) {
  if (!header.is_object() || header.value("record", json()) != "header" ||
      !header.contains("schema_version")) {
    fail(path,
         "not a result file: its first line is no header record; give a .jsonl file that `threadmill run` "
         "wrote");
  }
  const auto& version = header.at("schema_version");
  if (!version.is_number_unsigned() || version.get<std::uint64_t>() < 1)
    fail(path, "its schema_version is no version number");
  if (version.get<std::uint64_t>() > kSchemaVersion) {
    fail(path, fmt::format("has schema_version {}, this program reads up to {}; use a newer threadmill",
                           version.get<std::uint64_t>(), kSchemaVersion));
  }
}

void add_scenario(ResultFile& file, json record, std::size_t line) {
  const auto name = record.value("name", json());
  for (const auto& known : file.scenarios) {
    if (known.value("name", json()) == name)
      fail(file.path, fmt::format("line {} describes the scenario {} a second time; remove that line", line,
                                  name.dump(-1, ' ', false, json::error_handler_t::replace)));
  }
  file.scenarios.push_back(std::move(record));
}

// What was measured before and after it may be of two machines, and whoever reads the figures has to know.
void add_resume(ResultFile& file, json record) {
  const json* differences = find_at(record, "/differences");
  if (differences != nullptr && differences->is_array()) {
    for (const auto& difference : *differences) {
      if (!difference.is_string()) continue;
      file.warnings.push_back(fmt::format("{}: resumed at {}: {}", file.path.string(),
                                          text_at(record, "/created"), difference.get<std::string>()));
    }
  }
  file.resumes.push_back(std::move(record));
  file.end_outcome.reset();
}

void add_record(ResultFile& file, json record, std::size_t line) {
  const auto kind = record.is_object() ? record.value("record", json()) : json();
  if (kind == "scenario") {
    add_scenario(file, std::move(record), line);
  } else if (kind == "trial") {
    file.trials.push_back(std::move(record));
  } else if (kind == "resume") {
    add_resume(file, std::move(record));
  } else if (kind == "end") {
    const auto outcome = record.find("outcome");
    file.end_outcome = outcome != record.end() && outcome->is_string() ? outcome->get<std::string>() : "";
  } else {
    fail(file.path, fmt::format("line {} is no record of a result file (record: {})", line, kind.dump()));
  }
}

// False when it is torn.
bool add_line(ResultFile& file, const std::string& text, std::size_t line, bool is_last) {
  json record = json::parse(text, nullptr, false);
  if (record.is_discarded() && line > 1 && is_last) {
    file.warnings.push_back(fmt::format("{}: line {}, the last, is torn and was left out; {} trials survive",
                                        file.path.string(), line, file.trials.size()));
    return false;
  }
  if (record.is_discarded() && line > 1) {
    fail(file.path,
         fmt::format("line {} is damaged (no valid JSON); restore the file or remove that line", line));
  } else if (line == 1) {
    check_header(file.path, record);
    file.header = std::move(record);
  } else {
    add_record(file, std::move(record), line);
  }
  return true;
}

// O_APPEND and one call, so that a record is never mixed with another.
void write_all(const fs::path& path, int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_errno(path, "cannot be written");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string to_line(const json& record) {
  // Text from foreign programs (their last words) need not be UTF-8.
  return record.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

void sync_folder(const fs::path& folder) {
  const os::Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened) ::fsync(opened.get());
}

// Like rename, but never over a file that is there. Not every file system knows how, hence the second way.
bool rename_to_new(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL) return false;
  if (fs::exists(to)) {
    errno = EEXIST;
    return false;
  }
  return ::rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace

ResultFile read_result_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || fs::is_directory(path))
    fail(path, "cannot be read; give a .jsonl file that `threadmill run` wrote");
  return read_results(in, path);
}

ResultFile read_results(std::istream& in, const fs::path& path) {
  ResultFile file;
  file.path = path;
  std::size_t line = 0;
  bool whole = true;
  for (std::string text; std::getline(in, text);) {
    const auto bytes = text.size() + (in.eof() ? 0 : 1);
    if (!text.empty()) whole = add_line(file, text, ++line, in.peek() == std::ifstream::traits_type::eof());
    if (whole) file.whole_bytes += bytes;
  }
  if (line == 0) fail(path, "not a result file: it is empty; give a .jsonl file that `threadmill run` wrote");
  if (!file.end_outcome && whole) {
    file.warnings.push_back(
        fmt::format("{}: no end record: the run was broken off or still goes on; {} trials are here",
                    path.string(), file.trials.size()));
  }
  return file;
}

ResultWriter::ResultWriter(const fs::path& path, const json& header, const std::vector<json>& scenarios)
    : path_(path) {
  auto temporary = path;
  temporary += fmt::format(".{}.tmp", ::getpid());
  file_.reset(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644));
  if (!file_)
    fail_errno(path, "cannot be created; give --out a file in a folder that exists and can be written");
  try {
    auto text = to_line(header);
    for (const auto& scenario : scenarios) text += to_line(scenario);
    write_all(path, file_.get(), text);
    if (::fsync(file_.get()) != 0) fail_errno(path, "cannot be brought to the disk");
    ::flock(file_.get(), LOCK_EX | LOCK_NB);  // nobody else knows the file yet
    if (!rename_to_new(temporary, path)) {
      if (errno == EEXIST)
        fail(path, "exists already; results are never overwritten: give --out another name");
      fail_errno(path, "cannot be created");
    }
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  sync_folder(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

ResultWriter::ResultWriter(const fs::path& path)
    : path_(path), file_(::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC)) {
  if (!file_) fail_errno(path, "cannot be written");
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) == 0) return;
  if (errno == EWOULDBLOCK) fail(path, "another process writes to it; let that run end, or interrupt it");
  fail_errno(path, "cannot be locked; copy it to a file system that knows flock");
}

void ResultWriter::cut_to(std::uintmax_t bytes) {
  const auto size = static_cast<off_t>(bytes);
  if (::ftruncate(file_.get(), size) != 0) fail_errno(path_, "cannot be cut");
  char last = '\n';
  if (size > 0 && ::pread(file_.get(), &last, 1, size - 1) != 1) fail_errno(path_, "cannot be read");
  if (last != '\n') write_all(path_, file_.get(), "\n");
}

void ResultWriter::append(const json& record) {
  write_all(path_, file_.get(), to_line(record));
  if (::fdatasync(file_.get()) != 0) fail_errno(path_, "cannot be brought to the disk");
}

}  // namespace threadmill::results
