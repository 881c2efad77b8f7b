#include "harness/network/netem.h"

#include <fmt/format.h>

#include <string_view>

#include "harness/network/network_error.h"
#include "harness/network/network_tool.h"

namespace threadmill::harness {
namespace {

std::vector<std::string> qdisc_words(const char* verb, const std::string& device,
                                     const NetworkConditions& conditions) {
  std::vector<std::string> words = {"tc", "qdisc", verb, "dev", device, "root"};
  for (auto& word : netem_words(conditions)) words.push_back(std::move(word));
  return words;
}

}  // namespace

std::vector<std::string> netem_words(const NetworkConditions& conditions) {
  std::vector<std::string> words = {"netem", "limit", std::to_string(packets_held(conditions))};
  const auto add = [&](std::initializer_list<std::string> more) { words.insert(words.end(), more); };
  if (conditions.delay.count() > 0) add({"delay", fmt::format("{}us", conditions.delay.count())});
  if (conditions.jitter.count() > 0) add({fmt::format("{}us", conditions.jitter.count())});
  if (conditions.loss_percent > 0) add({"loss", fmt::format("{:g}%", conditions.loss_percent)});
  if (conditions.rate_mbit > 0) add({"rate", fmt::format("{:.0f}kbit", conditions.rate_mbit * 1000)});
  return words;
}

void cut_with_netem(EventLoop& loop, int network_namespace, const std::string& device) {
  run_network_tool(loop, network_namespace,
                   {"tc", "qdisc", "change", "dev", device, "root", "netem", "loss", "100%"});
}

void join_with_netem(EventLoop& loop, int network_namespace, const std::string& device,
                     const NetworkConditions& conditions) {
  run_network_tool(loop, network_namespace, qdisc_words("change", device, conditions));
}

bool try_add_netem(EventLoop& loop, int network_namespace, const std::string& device,
                   const NetworkConditions& conditions) try {
  run_network_tool(loop, network_namespace, qdisc_words("add", device, conditions));
  return true;
} catch (const NetworkError& error) {
  if (std::string_view(error.what()).ends_with("qdisc kind is unknown.")) return false;
  throw;
}

}  // namespace threadmill::harness
