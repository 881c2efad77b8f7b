#pragma once
// Publish/subscribe through a server that may go away and come back: every message is followed singly.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "loadgen/driver.h"
#include "loadgen/engine.h"
#include "loadgen/followed_publishers.h"
#include "loadgen/followed_run.h"
#include "loadgen/followed_subscribers.h"
#include "loadgen/plan.h"

namespace threadmill::load {

/// For plans with "lost_clients": "return": one thread, a window of one message. Slower than PubsubDriver,
/// which assumes that nothing is lost. Connections: first the publishers, then the subscribers. Connects
/// them, reads what they are sent, keeps the absence, and knows when all is over.
class FollowedPubsub final : public Driver {
 public:
  FollowedPubsub(const Plan& plan, Engine& engine);

  void on_connected(std::size_t connection) override;
  void on_readable(std::size_t connection) override;
  void on_writable(std::size_t connection) override { run_.send_rest(connection); }
  void on_turn_end(bool) override {}
  void begin(const Phase& phase) override;
  void stop_sending() override { publishers_.stop(); }
  bool finished() const override;
  /// Nobody is to find it stalled: it gives up by itself, and counts what is lost.
  bool awaits_answers() const override { return false; }
  std::uint64_t in_flight() const override { return publishers_.in_flight(); }
  std::int64_t next_due_ns() const noexcept override;
  void on_due(std::int64_t now_ns) override;
  void close_books(bool stalled) override;

 private:
  struct Link {
    std::string unread;  // bytes that are no whole answer or push yet
    bool was_ready = false;
    bool hung_up = false;  // an absence is under way
  };

  bool is_publisher(std::size_t connection) const { return connection < publishers_.size(); }
  std::size_t subscriber_of(std::size_t connection) const { return connection - publishers_.size(); }
  bool take_greeting(std::size_t connection, std::string& bytes);
  void keep_absence(std::int64_t now_ns);

  FollowedRun run_;
  FollowedPublishers publishers_;
  FollowedSubscribers subscribers_;
  std::vector<Link> links_;
  std::vector<char> in_;
  enum class Absence { none, to_come, under_way } absence_ = Absence::none;
};

}  // namespace threadmill::load
