#include "plots/words/load_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "plots/text/text.h"
#include "plots/words/fault_words.h"
#include "plots/words/network_words.h"
#include "results/file/json_access.h"
#include "results/trial/load_factors.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::ScenarioComparison;

std::string figure_of(const json& load, const char* pointer) {
  const auto value = results::number_at(load, pointer);
  return value ? whole(*value) : "?";
}

std::string list_in_words(const std::vector<std::string>& items) {
  if (items.size() < 2) return fmt::format("{}", fmt::join(items, ""));
  return fmt::format("{} and {}", fmt::join(items.begin(), items.end() - 1, ", "), items.back());
}

/// A rate as the plan has it: a number, or a ramp such as 10k:50k/30s.
std::string rate_in_words(const json& load) {
  const std::string text = results::text_at(load, "/arrivals/rate_per_s");
  if (text.empty()) return figure_of(load, "/arrivals/rate_per_s");
  double rate = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), rate);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() ? whole(rate) : markdown(text);
}

/// "64-byte messages", or sizes by weight: "messages of 64 bytes (90 %) and 1,024 bytes (10 %)".
std::string messages_in_words(const json& load) {
  const json* sizes = results::find_at(load, "/message_bytes");
  if (sizes == nullptr || !sizes->is_object()) return figure_of(load, "/message_bytes") + "-byte messages";
  std::map<double, double> weights;
  double sum = 0;
  for (const auto& [size, weight] : sizes->items()) {
    double bytes = 0;
    std::from_chars(size.data(), size.data() + size.size(), bytes);
    if (!weight.is_number()) continue;
    weights[bytes] = weight.get<double>();
    sum += weights[bytes];
  }
  std::vector<std::string> parts;
  for (const auto& [bytes, weight] : weights)
    parts.push_back(fmt::format("{} bytes ({} %)", whole(bytes), whole(100 * weight / sum)));
  return "messages of " + list_in_words(parts);
}

std::string topics_in_words(const json& load) {
  const json* rooms = results::find_at(load, "/room_sizes");
  const bool listed = rooms != nullptr && rooms->is_array() && !rooms->empty() &&
                      std::all_of(rooms->begin(), rooms->end(), [](const json& r) { return r.is_number(); });
  const std::string topics = figure_of(load, "/topics") + " topic(s)";
  if (!listed) return topics;
  constexpr std::size_t most_listed = 8;
  std::vector<double> sizes = rooms->get<std::vector<double>>();
  if (sizes.size() > most_listed) {
    const auto [least, most] = std::minmax_element(sizes.begin(), sizes.end());
    return fmt::format("{} with {} to {} subscribers each", topics, whole(*least), whole(*most));
  }
  std::vector<std::string> parts;
  for (const double size : sizes) parts.push_back(whole(size));
  return fmt::format("{} with {} subscribers", topics, list_in_words(parts));
}

std::string request_in_words(const json& load) {
  const std::string driver = results::text_at(load, "/driver");
  if (driver == "http") return "HTTP GET " + markdown(results::text_at(load, "/path"));
  if (driver != "resp") return messages_in_words(load);
  const json* words = results::find_at(load, "/command");
  std::string command;
  for (const json& word : words != nullptr && words->is_array() ? *words : json::array()) {
    if (word.is_string()) command += (command.empty() ? "" : " ") + word.get<std::string>();
  }
  return command.empty() ? "one RESP command each" : "the RESP command " + markdown(command);
}

/// " over HTTP with Server-Sent Events"; "" of RESP2, which is the usual.
std::string protocol_in_words(const json& load) {
  const std::string protocol = results::text_at(load, "/protocol");
  if (protocol.empty() || protocol == "resp") return "";
  if (protocol == "sse") return " over HTTP with Server-Sent Events";
  if (protocol == "rooms") return " in chat rooms";
  if (protocol == "amqp") return " over AMQP, confirmed, from durable quorum queues";
  return protocol == "nats" ? " over the protocol of NATS" : " over " + markdown(protocol);
}

std::string confirmation_in_words(const json& load) {
  const json* confirm = results::find_at(load, "/confirm");
  return confirm != nullptr && *confirm == true ? ", each confirmed by every subscriber" : "";
}

std::string clients_in_words(const json& load) {
  const auto figure = [&](const char* pointer) { return figure_of(load, pointer); };
  if (results::text_at(load, "/driver") == "pubsub") {
    return fmt::format("{} publishers, {} subscribers{}, {}, {}{}, at most {} outstanding per publisher",
                       figure("/publishers"), figure("/subscribers"), protocol_in_words(load),
                       topics_in_words(load), messages_in_words(load), confirmation_in_words(load),
                       figure("/window"));
  }
  std::string text = fmt::format("{} connections, {}, {} outstanding per connection", figure("/connections"),
                                 request_in_words(load), figure("/pipeline"));
  if (results::number_at(load, "/messages_per_connection").value_or(0) > 0) {
    text += fmt::format(", each left and made anew after {} requests", figure("/messages_per_connection"));
  }
  return text;
}

/// "; beside them 5,000 idle connections"; "" where there are none.
std::string bystanders_in_words(const json& load) {
  std::vector<std::string> parts;
  const auto add = [&](const char* pointer, const std::string& what) {
    if (results::number_at(load, pointer).value_or(0) > 0)
      parts.push_back(figure_of(load, pointer) + " " + what);
  };
  add("/bystanders/idle", "idle connections");
  add("/bystanders/slow_readers",
      fmt::format("slow readers of {} bytes/s", figure_of(load, "/bystanders/slow_reader_bytes_per_s")));
  add("/bystanders/half_open", "half-open connections");
  return parts.empty() ? "" : "; beside them " + list_in_words(parts);
}

/// How long was sent, and how long it took until all of that was answered.
std::string window_in_words(const json& load, const std::optional<results::Spread>& windows) {
  const auto seconds = results::number_at(load, "/stop/duration_s");
  const auto warmup = results::number_at(load, "/stop/warmup_s");
  const json* steady = results::find_at(load, "/stop/steady");
  std::string text = figure_of(load, "/stop/messages") + " messages each";
  if (seconds) text = fmt::format("sent for {:g} s", *seconds);
  if (seconds && warmup) {
    const bool may_end_sooner = steady != nullptr && *steady == true;
    text += fmt::format(" after {}{:g} s of warm-up", may_end_sooner ? "at most " : "", *warmup);
  }
  if (seconds) text += ", then drained";
  if (!windows) return text;
  const std::string least = number(windows->min), most = number(windows->max);
  if (least == most) return text + fmt::format("; all answered after {} s", most);
  return text +
         fmt::format("; all answered after {} to {} s (median {} s)", least, most, number(windows->median));
}

std::string arrivals_in_words(const ScenarioComparison& scenario, const json& load) {
  if (scenario.open) {
    return fmt::format(
        "{} arrivals at {} a second: response time counts from when the schedule meant a request to be sent, "
        "service time from when it was",
        markdown(results::text_at(load, "/arrivals/process")), rate_in_words(load));
  }
  if (scenario.paced) {
    return fmt::format(
        "closed loop with {} us to think on average: response time counts from the end of that, "
        "service time from the actual send",
        figure_of(load, "/arrivals/think_us"));
  }
  return "closed loop, so latency is service time";
}

}  // namespace

std::string load_in_words(const ScenarioComparison& scenario) {
  const json load = results::load_with_defaults(scenario.load);
  std::string text = clients_in_words(load) + bystanders_in_words(load);
  if (const json* network = scenario.network()) text += "; " + network_in_words(*network);
  if (const json* fault = results::find_at(scenario.conditions, "/fault")) {
    if (const auto words = fault_in_words(*fault); !words.empty()) text += "; " + words;
  }
  text += "; " + window_in_words(load, scenario.window_s);
  if (results::text_at(load, "/measure_from") == "connect") text += "; connecting is measured too";
  return text + "; " + arrivals_in_words(scenario, load) + ".";
}

}  // namespace threadmill::plots
