#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/errors.h"
#include "harness/host/host_session.h"
#include "harness/process/descendants.h"

namespace threadmill::harness {

namespace {

/// As a program that starts this one gives it; a file or a terminal cannot be answered.
bool is_from_a_program(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

int run_host() {
  if (!is_from_a_program(STDIN_FILENO)) {
    throw InputError(
        "threadmill host is started by threadmill run --server-host, which speaks to it through a pipe");
  }
  become_guardian();
  {
    EventLoop loop;
    serve_harness(loop, os::Descriptor(::dup(STDIN_FILENO)), STDOUT_FILENO);
  }
  return kill_leftover_children() == 0 ? kDone : kFailed;
}

}  // namespace

void add_host(CLI::App& app, CommandLine& line) {
  auto* verb = app.add_subcommand(
      "host", "Run servers for a harness on another machine: what run --server-host starts on that host");
  verb->callback([&line] { line.exit_code = run_host(); });
}

}  // namespace threadmill::harness
