#include "servers/cli/ready_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "provenance/build_commit.h"
#include "servers/cluster/replicated_log.h"
#include "servers/net/socket_io.h"

namespace threadmill::servers {
namespace {

void print_line(const nlohmann::ordered_json& line) {
  fmt::print("{}\n", line.dump());
  std::fflush(stdout);
}

/// A ceiling keeps to none of them, so it claims none.
void tell_limits(nlohmann::ordered_json& line, const Arguments& arguments, bool ceiling) {
  if (ceiling) {
    line["ceiling"] = true;
    return;
  }
  line["max_connections"] = arguments.options.max_connections;
  line["max_message_bytes"] = arguments.options.max_message_bytes;
  line["outbox_bytes"] = arguments.options.outbox_bytes;
  line["slow_consumer"] = arguments.slow_consumer;
}

/// Of a model that has a choice.
void tell_distribution(nlohmann::ordered_json& line, const ServeOptions& options, const ModelTraits& traits) {
  if (!traits.distributions.empty()) line["distribute"] = std::string(to_string(options.distribution));
  if (!traits.shards) return;
  line["loops"] = options.loops;
  if (options.loops > 1) line["shard"] = std::string(to_string(options.sharding));
}

void tell_log(nlohmann::ordered_json& line, const LogCounts& counts) {
  line["log_entries"] = counts.entries;
  line["log_fetched"] = counts.fetched;
  line["log_lost"] = counts.lost;
  line["log_foreign"] = counts.foreign;
  line["log_repeated"] = counts.repeated;
  line["log_recognised"] = counts.recognised;
  line["log_retries"] = counts.retries;
  line["log_refused"] = counts.refused;
}

}  // namespace

void print_ready(const Arguments& arguments, const Listener& listener, const Listener* web,
                 const ModelTraits& traits) {
  const bool ceiling = traits.ceiling;
  const auto& options = arguments.options;
  nlohmann::ordered_json line = {{"port", listener.address().port()},
                                 {"address", arguments.address},
                                 {"model", arguments.model},
                                 {"service", arguments.service},
                                 {"pid", ::getpid()},
                                 {"flush", to_string(options.flush)},
                                 {"backlog", options.backlog}};
  tell_distribution(line, options, traits);
  if (traits.workers != Workers::none) line["workers"] = options.workers;
  if (web != nullptr) line["web_port"] = web->address().port();
  tell_limits(line, arguments, ceiling);
  line["read_buffer_bytes"] = kReadBytes;
  line["tcp_nodelay"] = true;
  line["commit"] = nullptr;
  line["dirty"] = nullptr;
  if (threadmill::kBuildCommit != nullptr) {
    line["commit"] = threadmill::kBuildCommit;
    line["dirty"] = threadmill::kBuildDirty;
  }
  if (options.replicated_log != nullptr) line["cluster_replicas"] = options.replicated_log->replicas();
  if (arguments.journal) line["journal_sync"] = arguments.journal_sync;
  if (!arguments.work.empty()) line["work"] = arguments.work;
  if (!arguments.fault.empty()) line["fault"] = arguments.fault;
  tell_burn(line, arguments.burn, ceiling);
  print_line(line);
}

void print_counts(const ServeCounts& counts) {
  nlohmann::ordered_json line = {{"accepted", counts.accepted},
                                 {"refused", counts.refused},
                                 {"slow_disconnected", counts.slow_disconnected},
                                 {"deliveries_dropped", counts.deliveries_dropped}};
  if (counts.log) tell_log(line, *counts.log);
  print_line(line);
}

}  // namespace threadmill::servers
