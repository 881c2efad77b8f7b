#pragma once
// The log on NATS JetStream, whose servers agree on it by Raft.

#include <nats/nats.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "servers/cluster/replicated_log.h"
#include "servers/net/wake_up.h"

namespace threadmill::servers {

/// One stream with one subject. What its leader has stored, which is when a majority of its servers has it,
/// it publishes again to all who read ("republish"); who missed some asks any of those servers for it
/// ("direct get"). The library's threads only put news into a list. One at a time in a process.
class JetStreamLog : public ReplicatedLog {
 public:
  /// As open_replicated_log().
  explicit JetStreamLog(const std::string& urls);
  ~JetStreamLog() override;

  int fd() const override { return wake_up_.fd(); }
  std::vector<LogNews> take_news() override;
  void append(std::string_view id, std::string_view bytes) override;
  void read_from(std::uint64_t sequence) override;
  std::uint64_t last_sequence() const override { return last_sequence_; }
  std::string name() const override { return name_; }
  std::size_t entry_limit_bytes() const override;
  std::size_t replicas() const override { return replicas_; }

 private:
  template <auto destroy>
  struct Destroy {
    template <typename Object>
    void operator()(Object* object) const {
      destroy(object);
    }
  };
  using Connection = std::unique_ptr<natsConnection, Destroy<natsConnection_Destroy>>;
  using Subscription = std::unique_ptr<natsSubscription, Destroy<natsSubscription_Destroy>>;
  using Inbox = std::unique_ptr<natsInbox, Destroy<natsInbox_Destroy>>;

  void connect(const std::vector<std::string>& urls);
  void subscribe();
  void open_stream();
  /// Nothing of the library calls this afterwards.
  void close();

  // In threads of the library:
  void on_entry(natsMsg* message);
  void on_answer(natsMsg* message);
  void add(LogNews news);

  WakeUp wake_up_;
  std::mutex mutex_;
  std::vector<LogNews> news_;   ///< guarded by mutex_
  std::size_t news_bytes_ = 0;  ///< guarded by mutex_
  Connection connection_;
  Inbox inbox_;
  Subscription entries_;
  Subscription answers_;
  std::size_t replicas_ = 1;
  std::uint64_t last_sequence_ = 0;
  std::string name_;
};

}  // namespace threadmill::servers
