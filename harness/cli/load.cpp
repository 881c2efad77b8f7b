#include <CLI/CLI.hpp>

#include "harness/cli/pass_on.h"
#include "harness/cli/verbs.h"
#include "harness/locations.h"

namespace threadmill::harness {

// Everything after the verb, --help included, is for the other program.
void add_load(CLI::App& app, CommandLine&) {
  auto* verb = app.add_subcommand(
      "load", "Run one load plan from standard input (threadmill-load); --help there tells the options");
  verb->prefix_command();
  verb->set_help_flag();
  verb->footer("Example: threadmill load < plan.json");
  verb->callback([verb] {
    std::vector<std::string> argv = {program("threadmill-load").string()};
    const auto rest = verb->remaining();
    argv.insert(argv.end(), rest.begin(), rest.end());
    become(argv);
  });
}

}  // namespace threadmill::harness
