// threadmill: a fair benchmark of server concurrency models. Only parses the command line and maps errors to
// exit codes.

#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>

#include "harness/build_info.h"
#include "harness/cli/verbs.h"
#include "harness/errors.h"
#include "harness/process/child_process.h"
#include "harness/suggest.h"

namespace {

using namespace threadmill::harness;

// In the order of --help; a verb a line, so that two new ones do not meet.
// clang-format off
constexpr void (*kVerbs[])(CLI::App&, CommandLine&) = {
    add_run,
    add_sweep,
    add_ab,
    add_gate,
    add_study,
    add_report,
    add_compare,
    add_list,
    add_explain,
    add_primitives,
    add_selftest,
    add_doctor,
    add_serve,
    add_chat,
    add_groupchat,
    add_cluster,
    add_host,
    add_load,
    add_test,
};
// clang-format on

constexpr const char* kFooter =
    "Start with:   threadmill run quick\n"
    "Exit codes:   0 done, 1 something failed, 2 bad arguments or input, 3 regression, 4 inconclusive,\n"
    "              130 interrupted (partial results kept)";

int complain(const std::string& message, int exit_code) {
  fmt::print(stderr, "threadmill: {}\n", message);
  return exit_code;
}

std::vector<std::string> nouns_of(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const auto* noun : verb.get_subcommands(nullptr)) names.push_back(noun->get_name());
  return names;
}

std::vector<std::string> options_of(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const auto* option : verb.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// What a verb cannot do without and was not given, called as in its help; "" when nothing is missing.
std::string missing_option(const CLI::App& verb) {
  for (const auto* option : verb.get_options()) {
    if (!option->get_required() || option->count() > 0) continue;
    const std::string name = option->get_positional() ? option->get_type_name() : option->get_name();
    return fmt::format("{} is required: {}", name, option->get_description());
  }
  return {};
}

/// What to say of a command line that CLI11 refused: the word that nobody knows, where there is one.
std::string refusal(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* verb = &app;
  while (!verb->get_subcommands().empty()) verb = verb->get_subcommands().front();
  const auto nouns = nouns_of(*verb);
  const std::string noun = verb == &app ? "verb" : "word after '" + verb->get_name() + "'";
  if (const auto missing = missing_option(*verb);
      !missing.empty() && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr)
    return missing;
  const auto rest = app.remaining(true);
  if (rest.empty())
    return verb->get_require_subcommand_min() == 0
               ? error.what()
               : fmt::format("a {} is missing; there are: {}", noun, fmt::join(nouns, ", "));
  const std::string word = rest.front().substr(0, rest.front().find('='));
  if (word.starts_with("-")) return unknown_name_message("option", word, options_of(*verb));
  return nouns.empty() ? error.what() : unknown_name_message(noun, word, nouns);
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
    return complain(refusal(app, error), kBadInput);
  }
  return line.exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_command_line(argc, argv);
  } catch (const InputError& error) {
    return complain(error.what(), kBadInput);
  } catch (const Interrupted&) {
    kill_leftover_children();
    return complain("interrupted before anything was finished", kInterrupted);
  } catch (const std::exception& error) {
    return complain(error.what(), kFailed);
  }
}
