// A server of a cluster that is asked to end: that its log's library is given back, and what it counted.

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "tests/conformance/chat_client.h"
#include "tests/support/command.h"
#include "tests/support/eventually.h"
#include "tests/support/text_files.h"

namespace threadmill::conformance {
namespace {

/// One NATS server that keeps a log, at a port of its own choice, for as long as it lives.
class LoneNats {
 public:
  LoneNats()
      : server_({"/bin/sh", "-c",
                 "exec nats-server --jetstream --store_dir \"$1\" --addr 127.0.0.1 --port -1 "
                 "--ports_file_dir \"$1\"",
                 "sh", folder_.path().string()}) {
    EXPECT_TRUE(eventually([this] { return find_url(); })) << server_.err();
  }
  const std::string& url() const { return url_; }

 private:
  bool find_url() {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      if (entry.path().extension() != ".ports") continue;
      const auto ports = nlohmann::json::parse(contents_of(entry.path()), nullptr, false);
      if (ports.is_discarded()) return false;
      url_ = ports.at("nats").at(0);
      return true;
    }
    return false;
  }

  TemporaryFolder folder_;
  Command server_;
  std::string url_;
};

TEST(ClusterEnd, AServerThatIsAskedToEndTellsWhatItReadOfTheLog) {
  const std::string path = std::getenv("PATH") + std::string(":/usr/sbin");
  ::setenv("PATH", path.c_str(), 1);
  if (Command({"/bin/sh", "-c", "command -v nats-server"}).wait().exit_code != 0)
    GTEST_SKIP() << "nats-server is not installed";
  const LoneNats nats;
  ServerProcess server({"--model", "broker", "--service", "chat", "--port", "0", "--cluster", nats.url(),
                        "--max-message", "1000"});
  ASSERT_NE(server.port(), 0) << server.errors();
  EXPECT_EQ(server.ready().at("cluster_replicas"), 1);
  {
    const auto reader = subscriber(server, "t");
    Client publisher(server.port());
    for (const char* text : {"one", "two"}) {
      EXPECT_EQ(publisher.ask("PUBLISH t " + std::string(text) + "\r\n", ":1\r\n"), ":1\r\n");
    }
    EXPECT_EQ(reader->read_until(push("t", "two")), push("t", "one") + push("t", "two"));
  }
  EXPECT_EQ(server.stop(), 0) << server.errors();
  EXPECT_EQ(server.errors(), "");
  const auto counts = server.counts();
  EXPECT_EQ(counts.at("log_entries"), 2U);
  for (const char* none : {"log_lost", "log_foreign", "log_repeated", "log_refused"}) {
    EXPECT_EQ(counts.at(none), 0U) << none;
  }
}

}  // namespace
}  // namespace threadmill::conformance
