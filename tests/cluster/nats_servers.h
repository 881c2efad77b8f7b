#pragma once
// NATS servers, as the CLI has them.

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/command.h"
#include "tests/support/eventually.h"

namespace threadmill::conformance {

inline bool is_nats_there() {
  const char* path = std::getenv("PATH");
  const std::string folders = std::string(path == nullptr ? "" : path) + ":/usr/sbin";
  for (std::size_t at = 0; at < folders.size();) {
    const std::size_t colon = std::min(folders.find(':', at), folders.size());
    if (std::filesystem::exists(folders.substr(at, colon - at) + "/nats-server")) return true;
    at = colon + 1;
  }
  return false;
}

/// Three NATS servers, for as long as it lives.
class NatsCluster {
 public:
  /// `options` of `threadmill cluster up`. Where it fails `error()` says why.
  explicit NatsCluster(std::vector<std::string> options = {}) : options_(std::move(options)) { up(); }
  ~NatsCluster() { run("down"); }
  NatsCluster(const NatsCluster&) = delete;
  NatsCluster& operator=(const NatsCluster&) = delete;

  /// Starts them, or those that are gone.
  void up() {
    auto words = options_;
    words.push_back("--json");
    const auto finished = run("up", words);
    error_ = finished.err;
    if (finished.exit_code == 0) urls_ = nlohmann::json::parse(finished.out).at("urls");
  }
  /// "" where they could not be started.
  const std::string& urls() const { return urls_; }
  const std::string& error() const { return error_; }

  nlohmann::json servers() const {
    const auto finished = run("status", {"--json"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return nlohmann::json::parse(finished.out).at("servers");
  }

  /// The server that leads the stream; null where none comes to.
  nlohmann::json leader() const {
    nlohmann::json leader;
    eventually([&] {
      for (const auto& server : servers()) {
        if (server.at("stream_role") == "leader") leader = server;
      }
      return !leader.is_null();
    });
    return leader;
  }

  /// Kills the server that leads the stream.
  void kill_leader() {
    const auto server = leader();
    ASSERT_FALSE(server.is_null());
    ::kill(server.at("pid").get<pid_t>(), SIGKILL);
  }

  Finished run(const std::string& noun, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {"cluster", noun, "--dir", (folder_.path() / "nats").string()};
    words.insert(words.end(), more.begin(), more.end());
    return threadmill_cli(words);
  }

 private:
  std::vector<std::string> options_;
  TemporaryFolder folder_;
  std::string urls_;
  std::string error_;
};

}  // namespace threadmill::conformance
