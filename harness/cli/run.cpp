#include "harness/runs/run.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "harness/catalogue/suite.h"
#include "harness/cli/option_values.h"
#include "harness/cli/run_options.h"
#include "harness/cli/verbs.h"
#include "harness/errors.h"
#include "results/file/json_access.h"

namespace threadmill::harness {

namespace {

/// What can be asked of `threadmill run`: on a command line, and in the arguments that a result file keeps.
struct RunOptions {
  RunRequest request;
  std::vector<std::string> models;
  std::string load_hosts;
  std::string server_host;
  std::string agent;
  std::optional<std::string> server_address;
  std::optional<std::filesystem::path> resume;

  void add_to(CLI::App& verb);
  RunRequest finish();
};

RunRequest RunOptions::finish() {
  request.models = names_in(models, "--models");
  request.load_hosts = parse_load_hosts(load_hosts, agent);
  request.server_host = parse_server_host(server_host, agent);
  const bool elsewhere = request.load_hosts.any() || request.server_host.any();
  if (!elsewhere && (server_address || !agent.empty()))
    throw InputError(
        fmt::format("{}: is about other hosts; name them with --load-hosts or --server-host, or "
                    "leave it out",
                    server_address ? "--server-address" : "--rsh"));
  if (request.server_host.any() && request.primitives)
    throw InputError(
        "--primitives: measures this machine, and the servers run on another (--server-host); "
        "leave one of them out");
  if (server_address) {
    request.server_address = *server_address;
  } else if (request.server_host.any()) {
    request.server_address = address_of_host(request.server_host);
  }
  return request;
}

void RunOptions::add_to(CLI::App& verb) {
  verb.add_option("what", request.targets,
                  "A suite, or scenarios by name or by path of a .json file (default: the suite quick)")
      ->type_name("SUITE|SCENARIO|FILE.json");
  verb.add_option("--models,--subjects", models,
                  "Only these models or foreign subjects, separated by commas; a model may be given a way to "
                  "flush, as "
                  "broker:delay:200us (default: those of each scenario)")
      ->allow_extra_args(false)
      ->type_name("A,B,...");
  add_trial_options(
      verb, request,
      "Trials of each subject in each scenario (default: the suite's, or 4); even numbers keep the "
      "order balanced",
      "Result file to create (default: results/runs/<UTC time>-<suite or scenario>.jsonl); the "
      "report goes into the folder beside it of the same name");
  add_instrument_options(verb, request);
  verb.add_option("--load-hosts", load_hosts,
                  "Load from these hosts together, a process on each, or as many as b:2 says (MPI "
                  "starts them; default: from this machine)")
      ->type_name("A,B:N,...");
  verb.add_option("--server-host", server_host,
                  "Run the servers on this host, where the same build stands at the same path (default: on "
                  "this machine)")
      ->type_name("HOST");
  verb.add_option("--server-address", server_address,
                  "The address in digits at which the load reaches the servers (default: that of "
                  "--server-host; the loopback where there is none). Whoever else reaches it does, too: do "
                  "so on networks that you trust")
      ->check(CLI::ValidIPV4)
      ->type_name("ADDRESS");
  verb.add_option("--rsh", agent,
                  "How a program is started on another host: a command that takes the host and the words "
                  "(default: ssh)")
      ->type_name("COMMAND");
  auto* as_json =
      add_json(verb, request.as_json, "the report (results/schema/report-v1.schema.json describes it)");
  auto* dry = add_dry_run(verb, request)->excludes(as_json);
  verb.add_option("--resume", resume,
                  "Go on with an interrupted run: its result file says what was asked for. Trials that it "
                  "has, failed ones too, are not repeated")
      ->excludes(dry)
      ->type_name("FILE");
}

[[noreturn]] void refuse_kept(const results::ResultFile& file, const std::string& what) {
  throw InputError(fmt::format("--resume {}: its header's {}; start a new run", file.path.string(), what));
}

std::optional<int> kept_repeats(const results::ResultFile& file) {
  if (results::find_at(file.header, "/run/repeats") == nullptr) return std::nullopt;
  const auto repeats = results::integer_at(file.header, "/run/repeats", 1, kMostRepeats);
  if (!repeats) refuse_kept(file, fmt::format("\"repeats\" is not a number from 1 to {}", kMostRepeats));
  return static_cast<int>(*repeats);
}

std::optional<std::vector<std::string>> kept_missing(const results::ResultFile& file) {
  const auto* missing = results::find_at(file.header, "/run/missing");
  if (missing == nullptr) return std::nullopt;
  auto names = results::texts_at(file.header, "/run/missing");
  if (!missing->is_array() || names.size() != missing->size())
    refuse_kept(file, "\"missing\" is not a list of names");
  return names;
}

/// What is left to do is done in the order in which the rest was.
ScenarioOrder kept_order(const results::ResultFile& file) {
  const auto description = results::text_at(file.header, "/run/order");
  const auto order = order_described(description);
  if (!order) {
    throw InputError(
        fmt::format("--resume {}: its trials are in an order that this threadmill does not make (\"{}\"); go "
                    "on with the version that began it, or start a new run",
                    file.path.string(), description));
  }
  return *order;
}

RunRequest kept_request(const results::ResultFile& file) {
  auto words = results::texts_at(file.header, "/run/arguments");
  std::reverse(words.begin(), words.end());  // as CLI11 wants them
  CLI::App app;
  RunOptions options;
  options.add_to(*app.add_subcommand("run"));
  add_study_arguments(*app.add_subcommand("study"), options.request);
  try {
    app.require_subcommand(1);
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    throw InputError(fmt::format("--resume {}: it keeps arguments that this threadmill does not take: {}",
                                 file.path.string(), error.what()));
  }
  auto request = options.finish();
  // A suite may have got other repeats since, and defaults may have changed.
  const auto* seed = results::find_at(file.header, "/run/seed");
  if (seed != nullptr && seed->is_number_unsigned()) request.seed = seed->get<std::uint64_t>();
  if (const auto repeats = kept_repeats(file)) request.repeats = repeats;
  request.out = file.path;
  request.order = kept_order(file);
  request.missing = kept_missing(file);
  return request;
}

// What stands beside --resume may repeat what the run was begun with, and nothing else.
void require_no_contradiction(const CLI::App& verb, const RunRequest& given, const RunRequest& kept) {
  const auto refuse_if = [&](const char* option, const char* called, bool differs) {
    if (verb.get_option(option)->count() == 0 || !differs) return;
    throw InputError(
        fmt::format("{}: the run in {} was begun with something else; leave {} out, --resume "
                    "needs nothing beside it",
                    called, kept.out->string(), called));
  };
  std::error_code missing;
  refuse_if("what", "SUITE|SCENARIO", given.targets != kept.targets);
  refuse_if("--models", "--models", given.models != kept.models);
  refuse_if("--repeats", "--repeats", given.repeats != kept.repeats);
  refuse_if("--duration", "--duration", given.duration_s != kept.duration_s);
  refuse_if("--warmup", "--warmup", given.warmup_s != kept.warmup_s);
  refuse_if("--seed", "--seed", given.seed != kept.seed);
  refuse_if("--out", "--out", given.out && !std::filesystem::equivalent(*given.out, *kept.out, missing));
  refuse_if("--subject-dir", "--subject-dir", given.subject_folders != kept.subject_folders);
  refuse_if("--load-hosts", "--load-hosts", given.load_hosts.names() != kept.load_hosts.names());
  refuse_if("--server-address", "--server-address", given.server_address != kept.server_address);
  refuse_if("--rsh", "--rsh", given.load_hosts.agent != kept.load_hosts.agent);
}

int resume_run(const CLI::App& verb, const RunRequest& given, const std::filesystem::path& file) {
  auto begun = open_begun_run(file);
  auto kept = kept_request(begun.file);
  require_no_contradiction(verb, given, kept);
  kept.report = kept.report && given.report;
  kept.as_json = given.as_json;
  return resume(kept, std::move(begun));
}

}  // namespace

void add_run(CLI::App& app, CommandLine& line) {
  auto* verb =
      app.add_subcommand("run", "Run experiments, keep every trial, print a table and write a report");
  auto options = std::make_shared<RunOptions>();
  options->add_to(*verb);
  verb->footer(
      "Ctrl-C stops the current trial and keeps those that are finished; --resume FILE goes on. A failed "
      "trial is\n"
      "kept as a failure; the run goes on and exits with 1 at its end.");
  verb->callback([&line, verb, options] {
    auto request = options->finish();
    request.arguments = line.arguments;
    line.exit_code = options->resume ? resume_run(*verb, request, *options->resume) : run(request);
  });
}

}  // namespace threadmill::harness
