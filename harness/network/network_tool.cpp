#include "harness/network/network_tool.h"

#include <fmt/ranges.h>

#include <optional>
#include <system_error>

#include "harness/network/network_error.h"
#include "harness/process/child_process.h"

namespace threadmill::harness {
namespace {

constexpr std::chrono::seconds kToolPatience{10};

void run_to_its_end(EventLoop& loop, const ChildCommand& command) {
  ChildProcess tool(loop, command);
  const bool ended = loop.wait_for([&] { return tool.exit().has_value(); }, kToolPatience);
  if (ended && tool.exit()->status == 0) return;
  const auto words = tool.last_words();
  if (words.ends_with("Operation not permitted"))
    throw NetworkError(fmt::format("configuring a network namespace {}", kNeedsRoot));
  throw NetworkError(fmt::format(
      "`{}` {}{}", fmt::join(command.argv, " "),
      ended ? tool.exit()->describe() : fmt::format("does not end within {} s", kToolPatience.count()),
      words.empty() ? "" : ": " + words));
}

}  // namespace

void run_network_tool(EventLoop& loop, int network_namespace, const std::vector<std::string>& words) try {
  ChildCommand command;
  command.argv = words;
  command.network_namespace = network_namespace;
  command.with_lines = false;
  run_to_its_end(loop, command);
} catch (const std::system_error& error) {
  if (error.code() == std::errc::no_such_file_or_directory)
    throw NetworkError(
        fmt::format("{} is not installed, or not in PATH: apt-get install iproute2", words.front()));
  throw NetworkError(error.what());
}

}  // namespace threadmill::harness
