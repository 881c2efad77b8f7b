#include "plots/gate/gate_outputs.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "plots/gate/annotations.h"
#include "plots/gate/benchmark_json.h"
#include "plots/gate/junit.h"
#include "plots/gate/markdown.h"
#include "plots/gate/terminal.h"
#include "plots/text/write_file.h"

namespace threadmill::plots {
namespace {

namespace fs = std::filesystem;

BenchmarkContext here_and_now() {
  std::array<char, 256> host{}, date{};
  ::gethostname(host.data(), host.size() - 1);
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::strftime(date.data(), date.size(), "%FT%T+00:00", &utc);
  return {date.data(), host.data(), std::thread::hardware_concurrency()};
}

void write_in_folder(const fs::path& path, const std::string& text) {
  std::error_code shown_by_writing;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), shown_by_writing);
  write_file(path, text);
}

void append(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << text;
  file.close();
  if (!file) throw std::runtime_error(fmt::format("cannot append to GITHUB_STEP_SUMMARY, {}", path.string()));
}

/// Does several things, of which one that fails does not stop the others.
class EachOfThem {
 public:
  template <typename Write>
  void attempt(Write write) {
    try {
      write();
    } catch (const std::runtime_error& error) {
      if (problem_.empty()) problem_ = error.what();
    }
  }
  void throw_problem() const {
    if (!problem_.empty()) throw std::runtime_error(problem_);
  }

 private:
  std::string problem_;
};

}  // namespace

GateOutputPaths gate_outputs_of_environment() {
  const auto value_of = [](const char* name) -> std::string_view {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  GateOutputPaths paths;
  const std::string_view summary = value_of("GITHUB_STEP_SUMMARY");
  if (!summary.empty()) paths.step_summary = summary;
  paths.annotations = value_of("GITHUB_ACTIONS") == "true";
  return paths;
}

void write_gate_outputs(const results::GateReport& report, const GateOutputPaths& paths, std::FILE* out) {
  fmt::print(out, "{}", gate_terminal_text(report));
  if (paths.annotations) fmt::print(out, "{}", gate_annotations(report));
  std::fflush(out);
  EachOfThem files;
  if (paths.junit) files.attempt([&] { write_in_folder(*paths.junit, gate_junit_xml(report)); });
  if (paths.markdown) files.attempt([&] { write_in_folder(*paths.markdown, gate_markdown(report)); });
  if (paths.benchmark_json) {
    files.attempt(
        [&] { write_in_folder(*paths.benchmark_json, gate_benchmark_json(report, here_and_now())); });
  }
  if (paths.step_summary) files.attempt([&] { append(*paths.step_summary, gate_markdown(report) + "\n"); });
  files.throw_problem();
}

}  // namespace threadmill::plots
