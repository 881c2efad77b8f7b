#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/pass_on.h"
#include "harness/cli/verbs.h"
#include "harness/errors.h"
#include "harness/locations.h"
#include "harness/suggest.h"
#include "servers/registry.h"

namespace threadmill::harness {

namespace {

/// Only a misspelt model is for us: the other program says what else is wrong.
void check_model(const std::vector<std::string>& words) {
  std::vector<std::string> known;
  for (const auto& model : servers::models()) known.emplace_back(model.traits.name);
  constexpr std::string_view option = "--model";
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string name;
    if (words[i] == option && i + 1 < words.size()) name = words[i + 1];
    if (words[i].starts_with("--model=")) name = words[i].substr(option.size() + 1);
    if (!name.empty() && std::find(known.begin(), known.end(), name) == known.end())
      throw InputError("--model: " + unknown_name_message("model", name, known));
  }
}

}  // namespace

// Everything after the verb, --help included, is for the other program.
void add_serve(CLI::App& app, CommandLine&) {
  auto* verb = app.add_subcommand(
      "serve", "Serve with one model until stopped (threadmill-server); --help there tells the options");
  verb->prefix_command();
  verb->set_help_flag();
  verb->footer("Example: threadmill serve --model epoll --service chat --port 6380");
  verb->callback([verb] {
    std::vector<std::string> argv = {program("threadmill-server").string()};
    const auto rest = verb->remaining();
    check_model(rest);
    argv.insert(argv.end(), rest.begin(), rest.end());
    become(argv);
  });
}

}  // namespace threadmill::harness
