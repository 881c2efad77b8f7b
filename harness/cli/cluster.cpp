#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/option_values.h"
#include "harness/cli/verbs.h"
#include "harness/cluster/local_cluster.h"
#include "harness/cluster/served_cluster.h"
#include "harness/json_output.h"

namespace threadmill::harness {
namespace {

struct ClusterRequest {
  std::string folder;  ///< "": default_cluster_folder(), which need not be looked for where others are meant
  std::string node;
  bool isolated = false;
  bool as_json = false;

  std::filesystem::path in() const {
    return folder.empty() ? default_cluster_folder() : std::filesystem::path(folder);
  }
  ClusterNetwork network() const { return isolated ? ClusterNetwork::isolated : ClusterNetwork::loopback; }
};

void print_up(const LocalCluster& cluster, bool as_json) {
  const auto urls = urls_of(cluster.servers);
  if (as_json) return print_json({{"urls", urls}, {"folder", cluster.folder.string()}});
  fmt::print(
      "{}\n\n"
      "Three NATS servers keep one log, in {}. To serve from it, as often as you like:\n\n"
      "  threadmill serve --model broker --service chat --port 6380 --cluster {}\n\n"
      "`threadmill cluster down` ends them and forgets the log.\n",
      urls, cluster.folder.string(), urls);
}

void print_status(const nlohmann::ordered_json& servers) {
  fmt::print("{:<7}{:>8}  {:<15}{:>6}{:>9}  {:<10}{:<10}{}\n", "server", "pid", "address", "port", "monitor",
             "role", "stream", "network");
  for (const auto& each : servers) {
    fmt::print("{:<7}{:>8}  {:<15}{:>6}{:>9}  {:<10}{:<10}{}\n", each.at("name").get<std::string>(),
               each.at("pid").get<int>(), each.at("address").get<std::string>(), each.at("port").get<int>(),
               each.at("monitor_port").get<int>(), each.at("role").get<std::string>(),
               each.at("stream_role").get<std::string>(),
               each.at("parted").get<bool>() ? "parted" : "joined");
  }
}

CLI::App* add_noun(CLI::App& verb, const char* name, const char* what, ClusterRequest& request) {
  auto* noun = verb.add_subcommand(name, what);
  noun->add_option("--dir", request.folder,
                   "A folder for all that they write (default: one of yours in $TMPDIR)")
      ->type_name("DIR");
  return noun;
}

void add_isolated(CLI::App& noun, bool& isolated) {
  noun.add_flag(
      "--isolated", isolated,
      "Each NATS server in a network namespace of its own, joined by a bridge; needs root and iproute2");
}

void add_up(CLI::App& verb, const std::shared_ptr<ClusterRequest>& request) {
  auto* up = add_noun(verb, "up", "Start them, or those of them that have ended, and print their addresses",
                      *request);
  add_isolated(*up, request->isolated);
  add_json(*up, request->as_json, "their addresses");
  up->callback([request] { print_up(bring_up(request->in(), request->network()), request->as_json); });
}

void add_status(CLI::App& verb, const std::shared_ptr<ClusterRequest>& request) {
  auto* status = add_noun(verb, "status", "Tell which of them run, and which one leads", *request);
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

void add_part(CLI::App& verb, const std::shared_ptr<ClusterRequest>& request, bool parts) {
  auto* noun = parts ? add_noun(verb, "part", "Cut one of an isolated cluster off from all others", *request)
                     : add_noun(verb, "heal", "Join one that was cut off again", *request);
  noun->add_option("NODE", request->node, "Its name: n1, n2 or n3")->required();
  noun->callback([request, parts] { part(request->in(), request->node, parts); });
}

void add_serve_cluster(CLI::App& verb) {
  auto* noun = verb.add_subcommand(
      "serve", "Serve with a broker on NATS servers of its own, in the foreground, until stopped");
  const auto what = std::make_shared<ServedCluster>();
  const auto isolated = std::make_shared<bool>(false);
  noun->add_option("--nodes", what->nodes, "How many NATS servers keep the log")
      ->check(CLI::IsMember({1, 3}))
      ->capture_default_str();
  noun->add_option("--service", what->service, "What the broker offers")
      ->check(CLI::IsMember({"chat", "web"}))
      ->capture_default_str();
  noun->add_option("--port", what->port, "Where the broker listens; 0: any port, which the ready line tells")
      ->required();
  noun->add_option("--address", what->address, "The address it listens at")->capture_default_str();
  add_isolated(*noun, *isolated);
  noun->footer(
      "Prints one line, {\"port\": .., \"victim_pid\": ..}, when a client can publish; the pid is that of "
      "the NATS "
      "server that\nleads the log then, and a line {\"victim_pid\": ..} follows when it is another. One that "
      "dies is started again a second later.");
  noun->callback([what, isolated] {
    if (*isolated) what->network = ClusterNetwork::isolated;
    serve_cluster(*what);
  });
}

}  // namespace

void add_cluster(CLI::App& app, CommandLine&) {
  auto* verb = app.add_subcommand(
      "cluster", "NATS servers on this machine that keep a log, for threadmill-server --cluster");
  verb->require_subcommand(1);
  const auto request = std::make_shared<ClusterRequest>();
  add_up(*verb, request);
  auto* down = add_noun(*verb, "down", "End them, and forget what they kept", *request);
  down->callback([request] { take_down(request->in()); });
  add_status(*verb, request);
  add_part(*verb, request, true);
  add_part(*verb, request, false);
  add_serve_cluster(*verb);
}

}  // namespace threadmill::harness
