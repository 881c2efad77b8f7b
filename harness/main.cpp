// threadmill: a fair benchmark of server concurrency models. Only parses the command line and maps errors to
// exit codes.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "harness/build_info.h"
#include "harness/cli/verbs.h"
#include "harness/errors.h"

namespace {

using namespace threadmill::harness;

constexpr void (*kVerbs[])(CLI::App&, CommandLine&) = {add_run,   add_report, add_list,
                                                       add_serve, add_load,   add_test};

constexpr const char* kFooter =
    "Start with:   threadmill run quick\n"
    "Exit codes:   0 done, 1 something failed, 2 bad arguments or input, 130 interrupted (partial results "
    "kept)";

int complain(const std::exception& error, int exit_code) {
  fmt::print(stderr, "threadmill: {}\n", error.what());
  return exit_code;
}

int run_command_line(int argc, char** argv) {
  CommandLine line{{argv + 1, argv + argc}, kDone};
  CLI::App app("Threadmill measures server concurrency models against each other, fairly.", "threadmill");
  app.set_version_flag("--version", fmt::format("threadmill {}", kVersion));
  app.require_subcommand(1);
  app.footer(kFooter);
  for (const auto add_verb : kVerbs) add_verb(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return complain(error, kBadInput);
  }
  return line.exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_command_line(argc, argv);
  } catch (const InputError& error) {
    return complain(error, kBadInput);
  } catch (const std::exception& error) {
    return complain(error, kFailed);
  }
}
