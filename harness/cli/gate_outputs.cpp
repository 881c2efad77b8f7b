#include "harness/cli/gate_outputs.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>

namespace threadmill::harness {
namespace {

namespace fs = std::filesystem;

/// The part of a path that is already there.
fs::path existing_part(fs::path path) {
  std::error_code error;
  while (path.has_relative_path() && !fs::exists(path, error)) path = path.parent_path();
  return path;
}

std::string why_not_writable(const std::string& name) {
  if (name.empty()) return "is empty; give the name of a file";
  const fs::path path = fs::absolute(name);
  std::error_code error;
  if (fs::is_directory(path, error))
    return fmt::format("{} is a folder; give the name of a file in it", name);
  const fs::path folder = existing_part(path.parent_path());
  if (!fs::is_directory(folder, error)) return fmt::format("{}: {} is no folder", name, folder.string());
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    return fmt::format("{}: you may not write into {}", name, folder.string());
  return {};
}

void add_file(CLI::App& verb, const char* option, std::optional<fs::path>& path, const char* meaning) {
  verb.add_option_function<std::string>(
          option, [&path](const std::string& name) { path = name; }, meaning)
      ->check(CLI::Validator(why_not_writable, ""))
      ->type_name("FILE");
}

}  // namespace

void add_gate_output_options(CLI::App& verb, plots::GateOutputPaths& paths) {
  paths = plots::gate_outputs_of_environment();
  add_file(verb, "--junit", paths.junit, "Write the judgement as JUnit XML, for CI systems");
  add_file(verb, "--markdown", paths.markdown,
           "Write it as Markdown; in GitHub Actions it is in the job's summary anyway");
  add_file(verb, "--benchmark-json", paths.benchmark_json,
           "Write the candidate's figures in Google Benchmark's JSON format, for dashboards that read it");
}

}  // namespace threadmill::harness
