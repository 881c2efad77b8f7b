#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "harness/cli/pass_on.h"
#include "harness/cli/verbs.h"

namespace threadmill::harness {

void add_test(CLI::App& app, CommandLine&) {
  auto* verb =
      app.add_subcommand("test", "Run the tests of this build (ctest); further arguments go to ctest");
  verb->prefix_command();
  verb->footer(
      "For example: ./threadmill test -R Chat    runs the tests whose names hold Chat\n"
      "             ./threadmill test -N         lists them\n"
      "`ctest --help` tells all options. THREADMILL_PRESET=asan-ubsan (or tsan) before the command runs the "
      "tests\n"
      "under sanitizers.");
  verb->callback([verb] {
    const std::filesystem::path build = THREADMILL_BINARY_DIR;
    if (!std::filesystem::exists(build / "CTestTestfile.cmake")) {
      throw std::runtime_error(
          fmt::format("{} was built without tests; ./threadmill test builds them", build.string()));
    }
    std::vector<std::string> argv = {
        "ctest",        "--test-dir",
        build.string(), "--output-on-failure",
        "--parallel",   std::to_string(std::max(1U, std::thread::hardware_concurrency()))};
    const auto rest = verb->remaining();
    argv.insert(argv.end(), rest.begin(), rest.end());
    become(argv);
  });
}

}  // namespace threadmill::harness
