#include "plots/words/family_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "plots/text/text.h"
#include "plots/words/network_words.h"
#include "results/file/json_access.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;

/// The number at `pointer` through a pattern with one {}; nothing where there is no number above `least`.
void add_number(std::vector<std::string>& parts, const json& load, const char* pointer, double least,
                fmt::string_view pattern) {
  const auto value = results::number_at(load, pointer);
  if (value && *value > least) parts.push_back(fmt::format(fmt::runtime(pattern), whole(*value)));
}

std::string what_is_asked(const json& load) {
  const std::string driver = results::text_at(load, "/driver");
  if (driver == "pubsub") {
    const std::string protocol = results::text_at(load, "/protocol");
    if (protocol == "sse") return "web fan-out";
    return protocol.empty() || protocol == "resp" ? "chat fan-out" : plain(protocol, 30) + " fan-out";
  }
  if (driver == "http") return "HTTP GET " + plain(results::text_at(load, "/path"), 30);
  if (driver != "resp") return plain(driver, 30);
  return "RESP " + plain(results::text_at(load, "/command/0"), 30);
}

void add_messages(std::vector<std::string>& parts, const json& load) {
  const json* sizes = results::find_at(load, "/message_bytes");
  if (sizes != nullptr && sizes->is_object()) parts.emplace_back("messages of several sizes");
  add_number(parts, load, "/message_bytes", 0, "{}-byte messages");
}

void add_arrivals(std::vector<std::string>& parts, const json& load) {
  const std::string process = results::text_at(load, "/arrivals/process");
  if (process.empty() || process == "closed") {
    add_number(parts, load, "/arrivals/think_us", 0, "{} µs to think");
    return;
  }
  const std::string rate = results::text_at(load, "/arrivals/rate_per_s");
  const auto steady = results::factor_of(load, results::Factor::rate_per_s);
  if (steady) {
    parts.push_back(whole(*steady) + " a second");
  } else {
    parts.push_back(rate.empty() ? "at set rates" : plain(rate, 30) + " a second");
  }
}

}  // namespace

std::string family_words(const results::LoadFamily& family) {
  const json& load = family.common;
  std::vector<std::string> parts{what_is_asked(load)};
  add_number(parts, load, "/connections", 0, "{} connections");
  add_number(parts, load, "/publishers", 0, "{} publishers");
  add_number(parts, load, "/subscribers", 0, "{} subscribers");
  add_number(parts, load, "/topics", 1, "{} topics");
  add_messages(parts, load);
  add_number(parts, load, "/pipeline", 1, "{} in flight each");
  add_number(parts, load, "/window", 0, "window of {}");
  add_arrivals(parts, load);
  add_number(parts, load, "/messages_per_connection", 0, "leaving after {}");
  add_number(parts, load, "/stop/messages", 0, "{} messages each");
  if (results::text_at(load, "/measure_from") == "connect") parts.emplace_back("connecting included");
  add_number(parts, load, "/bystanders/idle", 0, "beside {} idle");
  add_number(parts, load, "/bystanders/slow_readers", 0, "beside {} slow readers");
  add_number(parts, load, "/bystanders/half_open", 0, "beside {} half-open");
  if (const json* network = results::find_at(family.conditions, "/network"))
    parts.push_back(network_in_words(*network));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<std::string> family_headings(const std::vector<results::LoadFamily>& families) {
  std::vector<std::string> headings;
  for (const results::LoadFamily& family : families) {
    const std::string words = family_words(family);
    std::string heading = words;
    for (int i = 2; std::find(headings.begin(), headings.end(), heading) != headings.end(); ++i)
      heading = fmt::format("{} #{}", words, i);
    headings.push_back(std::move(heading));
  }
  return headings;
}

std::string level_text(results::Factor factor, double level) {
  return fmt::format("{} {}", whole(level), results::factors()[static_cast<std::size_t>(factor)].unit);
}

}  // namespace threadmill::plots
