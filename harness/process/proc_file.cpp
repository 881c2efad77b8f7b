#include "harness/process/proc_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <memory>

#include "os/descriptor.h"

namespace threadmill::harness {
namespace {

std::int64_t to_number(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// proc(5): field 10 minflt, 11 cminflt, 12 majflt, 13 cmajflt, 16 cutime, 17 cstime, 20 num_threads,
// 22 starttime, 24 rss; counted from the state, which is field 3, because the program's name before it may
// hold blanks and brackets.
std::vector<std::string_view> fields_after_name(std::string_view text) {
  std::vector<std::string_view> fields;
  auto at = text.rfind(')');
  if (at == std::string_view::npos) return fields;
  while ((at = text.find_first_not_of(" )\n", at)) != std::string_view::npos) {
    const auto end = std::min(text.find_first_of(" \n", at), text.size());
    fields.push_back(text.substr(at, end - at));
    at = end;
  }
  return fields;
}

}  // namespace

std::string read_proc_file(const std::string& path) {
  const os::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  if (!file) return text;
  char buffer[8192];
  for (ssize_t count = 0; (count = ::read(file.get(), buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

std::int64_t proc_field(std::string_view text, std::string_view key) {
  for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
    if (at != 0 && text[at - 1] != '\n') continue;  // "nonvoluntary_..." also contains "voluntary_..."
    const auto digits = text.find_first_of("0123456789", at + key.size());
    return digits == std::string_view::npos ? 0 : to_number(text.substr(digits));
  }
  return 0;
}

std::vector<pid_t> numeric_entries(const std::string& folder) {
  std::vector<pid_t> numbers;
  const std::unique_ptr<DIR, CloseFolder> open_folder(::opendir(folder.c_str()));
  if (!open_folder) return numbers;
  while (const dirent* entry = ::readdir(open_folder.get())) {
    const auto number = to_number(entry->d_name);
    if (number > 0) numbers.push_back(static_cast<pid_t>(number));
  }
  return numbers;
}

ProcStat read_proc_stat(pid_t pid) {
  const auto text = read_proc_file(fmt::format("/proc/{}/stat", pid));
  const auto fields = fields_after_name(text);
  ProcStat stat;
  if (fields.size() < 22) return stat;
  const auto field = [&](std::size_t number) { return to_number(fields[number - 3]); };
  stat.valid = true;
  stat.minor_faults = field(10) + field(11);
  stat.major_faults = field(12) + field(13);
  stat.reaped_user_ticks = field(16);
  stat.reaped_system_ticks = field(17);
  stat.threads = field(20);
  stat.start_ticks = field(22);
  stat.rss_pages = field(24);
  return stat;
}

bool still_runs(pid_t pid, std::int64_t start_ticks) {
  const auto stat = read_proc_stat(pid);
  if (!stat.valid || stat.start_ticks != start_ticks) return false;
  return read_proc_file(fmt::format("/proc/{}/stat", pid)).find(") Z ") == std::string::npos;
}

}  // namespace threadmill::harness
