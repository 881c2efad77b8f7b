#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/option_values.h"
#include "harness/cli/verbs.h"
#include "harness/cluster/local_cluster.h"
#include "harness/json_output.h"

namespace threadmill::harness {
namespace {

struct ClusterRequest {
  std::string folder;  ///< "": default_cluster_folder(), which need not be looked for where others are meant
  bool as_json = false;

  std::filesystem::path in() const {
    return folder.empty() ? default_cluster_folder() : std::filesystem::path(folder);
  }
};

void print_up(const LocalCluster& cluster, bool as_json) {
  const auto urls = cluster.urls();
  if (as_json) return print_json({{"urls", urls}, {"folder", cluster.folder.string()}});
  fmt::print(
      "{}\n\n"
      "Three NATS servers keep one log, in {}. To serve from it, as often as you like:\n\n"
      "  threadmill serve --model broker --service chat --port 6380 --cluster {}\n\n"
      "`threadmill cluster down` ends them and forgets the log.\n",
      urls, cluster.folder.string(), urls);
}

void print_status(const nlohmann::ordered_json& servers) {
  fmt::print("{:<7}{:>8}{:>7}{:>9}  {:<10}{}\n", "server", "pid", "port", "monitor", "role", "stream");
  for (const auto& each : servers) {
    fmt::print("{:<7}{:>8}{:>7}{:>9}  {:<10}{}\n", each.at("name").get<std::string>(),
               each.at("pid").get<int>(), each.at("port").get<int>(), each.at("monitor_port").get<int>(),
               each.at("role").get<std::string>(), each.at("stream_role").get<std::string>());
  }
}

CLI::App* add_noun(CLI::App& verb, const char* name, const char* what, ClusterRequest& request) {
  auto* noun = verb.add_subcommand(name, what);
  noun->add_option("--dir", request.folder,
                   "A folder for all that they write (default: one of yours in $TMPDIR)")
      ->type_name("DIR");
  return noun;
}

}  // namespace

void add_cluster(CLI::App& app, CommandLine&) {
  auto* verb = app.add_subcommand(
      "cluster", "Three NATS servers on this machine that keep a log, for threadmill-server --cluster");
  verb->require_subcommand(1);
  auto request = std::make_shared<ClusterRequest>();
  auto* up = add_noun(*verb, "up", "Start them, or those of them that have ended, and print their addresses",
                      *request);
  add_json(*up, request->as_json, "their addresses");
  up->callback([request] { print_up(bring_up(request->in()), request->as_json); });
  auto* down = add_noun(*verb, "down", "End them, and forget what they kept", *request);
  down->callback([request] { take_down(request->in()); });
  auto* status = add_noun(*verb, "status", "Tell which of them run, and which one leads", *request);
  add_json(*status, request->as_json, "what each is");
  status->callback([request] {
    const auto servers = look_at(request->in());
    if (request->as_json) {
      print_json({{"servers", servers}});
    } else {
      print_status(servers);
    }
  });
}

}  // namespace threadmill::harness
