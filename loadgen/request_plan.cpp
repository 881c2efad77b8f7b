#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "loadgen/plan_parts.h"

namespace threadmill::load {
namespace {

using json::StrictObject;

constexpr std::size_t kMostCommandWords = 64;
constexpr std::size_t kMostCommandBytes = 64 << 10;
constexpr std::size_t kMostPathBytes = 4096;

std::size_t bytes_of(const std::vector<std::string>& words) {
  return std::accumulate(words.begin(), words.end(), std::size_t{0},
                         [](std::size_t sum, const std::string& word) { return sum + word.size(); });
}

std::vector<std::string> read_command(const StrictObject& json) {
  auto command = json.texts("command");
  if (command.size() > kMostCommandWords || bytes_of(command) > kMostCommandBytes) {
    json.fail("command",
              fmt::format("must have at most {} words and {} bytes, not {} and {}", kMostCommandWords,
                          kMostCommandBytes, command.size(), bytes_of(command)));
  }
  if (command.front().empty()) json.fail("command", "must begin with the name of a command, not with \"\"");
  return command;
}

std::string read_path(const StrictObject& json) {
  auto path = json.text("path");
  const bool printable = std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!path.starts_with('/') || !printable || path.size() > kMostPathBytes) {
    json.fail("path",
              fmt::format("must begin with \"/\" and have at most {} printable ASCII characters and no "
                          "spaces (write those as %20); it has {} characters",
                          kMostPathBytes, path.size()));
  }
  return path;
}

/// Reads what is asked, and returns its size.
std::uint64_t read_request(const StrictObject& json, LoadTemplate& load) {
  switch (load.driver) {
    case DriverKind::resp:
      if (json.has("command")) load.requests.command = read_command(json);
      return bytes_of(load.requests.command);
    case DriverKind::http:
      if (json.has("path")) load.requests.path = read_path(json);
      return load.requests.path.size();
    case DriverKind::echo:
    case DriverKind::pubsub:
      break;
  }
  load.message_bytes = json.integer32("message_bytes", 1, kMostMessageBytes);
  return load.message_bytes;
}

}  // namespace

void limit_in_flight(const StrictObject& json, std::string_view key, std::uint64_t messages,
                     std::uint64_t bytes_each) {
  if (messages > kMostInFlight || messages * bytes_each > kMostBytesInFlight) {
    json.fail(key, fmt::format(
                       "would put {} messages of {} bytes in flight; at most {} messages and {} bytes in all",
                       messages, bytes_each, kMostInFlight, kMostBytesInFlight));
  }
}

void read_requests(const StrictObject& json, LoadTemplate& load) {
  auto& requests = load.requests;
  requests.connections = json.integer32("connections", 1, kMostConnections);
  requests.pipeline = json.integer32("pipeline", 1, kMostPipeline, 1);
  requests.messages_per_connection = json.integer("messages_per_connection", 0, kMostMessages, 0);
  const std::uint64_t bytes_each = read_request(json, load);
  limit_in_flight(json, "pipeline", std::uint64_t{requests.connections} * requests.pipeline, bytes_each);
}

}  // namespace threadmill::load
