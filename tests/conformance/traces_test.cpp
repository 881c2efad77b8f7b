// Clients that come and go, and what is left of them: nothing.

#include <functional>
#include <utility>

#include "tests/conformance/chat_client.h"
#include "tests/conformance/every_model.h"
#include "tests/conformance/process_family.h"
#include "tests/conformance/sanitized.h"
#include "tests/support/eventually.h"

namespace threadmill::conformance {
namespace {

class Traces : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, Traces, testing::ValuesIn(models_with("chat", Which::all_real)), test_name);

/// One client's stay; the destructor of Client leaves.
using Stay = std::function<void(Client&, const std::string& name)>;

void ask(Client& client, const std::string& request, const std::string& answer) {
  ASSERT_EQ(client.ask(request, answer), answer);
}

const std::vector<Stay>& stays() {
  static const std::vector<Stay> all = {
      [](Client&, const std::string&) {},
      [](Client& client, const std::string&) { client.reset(); },
      [](Client& client, const std::string&) { ask(client, "PING\r\n", "+PONG\r\n"); },
      [](Client& client, const std::string& name) {
        client.send("SUBSCRIBE " + name + "\r\n");
        client.read_until(":1\r\n");
      },
      [](Client& client, const std::string& name) { client.send("*2\r\n$4\r\nECHO\r\n$500\r\n" + name); },
      [](Client& client, const std::string& name) {
        client.send("NICK " + name + "\r\nJOIN room-of-" + name + "\r\nECHO that-was-all\r\n");
        client.read_until("that-was-all\r\n");
      },
      [](Client& client, const std::string& name) {
        client.send("PUBLISH " + name + " x\r\nNONSENSE\r\nQUIT\r\n");
        EXPECT_THAT(client.read_to_end(), testing::EndsWith("+OK\r\n"));
      },
  };
  return all;
}

/// So many clients, some at a time, each with another name.
class Storm {
 public:
  Storm(std::uint16_t port, int at_a_time) : port_(port), at_a_time_(at_a_time) {}

  void pass(int clients) {
    for (int left = clients; left > 0; left -= at_a_time_) batch();
  }

 private:
  void batch() {
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < at_a_time_; ++i) clients.push_back(std::make_unique<Client>(port_));
    for (auto& client : clients) {
      const auto number = passed_++;
      stays()[number % stays().size()](*client, "n" + std::to_string(number));
    }
  }

  const std::uint16_t port_;
  const int at_a_time_;
  std::size_t passed_ = 0;
};

// Some clients pass beforehand, so that buffers have the size that they stay at; pools that have grown since
// shrink again. Under sanitizers fewer pass: forking takes them ten times as long.
TEST_P(Traces, TenThousandClientsLeaveNone) {
  constexpr int kClients = kSanitized ? 1'500 : 10'000;
  // 100 bytes of each client, or so much that a sanitizer's own growth does not hide it.
  constexpr std::size_t kMemorySlack = kSanitized ? 4 << 20 : kClients * 100;
  ServerProcess server(arguments(GetParam(), "chat"), {.tells_memory = true});
  const int at_a_time = traits_of(GetParam()).one_at_a_time ? 1 : 25;
  Storm storm(server.port(), at_a_time);
  storm.pass(kClients / 10);
  const auto settled = [&] { return holdings_of(server.pid()); };
  if (traits_of(GetParam()).workers == servers::Workers::spare) {
    // Surplus workers end within two seconds; two stay, beside the one that watches over them.
    // A sanitizer may have a thread of its own.
    EXPECT_TRUE(eventually([&] {
      const Holdings now = settled();
      return now.processes > 1 ? now.processes <= 3 : now.threads <= 4;
    }));
  }
  Holdings before = settled();
  eventually([&] {
    const auto last = std::exchange(before, settled());
    return last.processes == before.processes && last.threads == before.threads &&
           last.descriptors == before.descriptors;
  });
  const auto memory_before = memory_bytes_of(server.pid());

  storm.pass(kClients);
  EXPECT_TRUE(eventually([&] { return settled().processes <= before.processes; }));
  EXPECT_TRUE(eventually([&] { return settled().threads <= before.threads; }));
  EXPECT_TRUE(eventually([&] { return settled().descriptors <= before.descriptors; }));
  if (kMemoryIsTold) {
    EXPECT_TRUE(eventually([&] { return memory_bytes_of(server.pid()) < memory_before + kMemorySlack; }))
        << memory_bytes_of(server.pid()) - memory_before << " bytes more than before";
  }
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.counts()["refused"], 0U);
}

/// What a client that stays may take of the server's own memory, in bytes: a process or thread for each has
/// pages of its own.
std::size_t most_memory_of_a_client(const servers::ModelTraits& traits) {
  const bool has_worker = traits.per_client || traits.workers == servers::Workers::spare;
  if (!has_worker) return 8 << 10;
  return traits.processes ? 160 << 10 : 40 << 10;
}

// Exact figures: benchmarks/idle_connections.py. Sanitizers have memory of their own for each thread.
TEST_P(Traces, AnIdleClientTakesLittleMemory) {
  const auto& traits = traits_of(GetParam());
  if (kSanitized || traits.one_at_a_time) return;
  constexpr std::size_t kClients = 100;
  ServerProcess server(arguments(GetParam(), "chat", {"--max-connections", "200"}));
  std::vector<std::unique_ptr<Client>> clients;
  const auto come = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      clients.push_back(std::make_unique<Client>(server.port()));
      ask(*clients.back(), "PING\r\n", "+PONG\r\n");
    }
  };
  come(5);
  const std::size_t before = memory_bytes_of(server.pid());
  come(kClients);
  EXPECT_LT(memory_bytes_of(server.pid()), before + kClients * most_memory_of_a_client(traits));
}

}  // namespace
}  // namespace threadmill::conformance
