#pragma once
// Publish/subscribe through a server that may go away and come back: every message is followed singly.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/chunked_body.h"
#include "loadgen/continuity.h"
#include "loadgen/driver.h"
#include "loadgen/engine.h"
#include "loadgen/message_ledger.h"
#include "loadgen/pacer.h"
#include "loadgen/payload_form.h"
#include "loadgen/plan.h"
#include "loadgen/pubsub_protocol.h"

namespace threadmill::load {

/// For plans with "lost_clients": "return": one thread, a window of one message. Slower than PubsubDriver,
/// which assumes that nothing is lost. Connections: first the publishers, then the subscribers.
class FollowedPubsub final : public Driver {
 public:
  FollowedPubsub(const Plan& plan, Engine& engine);

  void on_connected(std::size_t connection) override;
  void on_readable(std::size_t connection) override;
  void on_writable(std::size_t connection) override;
  void on_turn_end(bool) override {}
  void begin(const Phase& phase) override;
  void stop_sending() override;
  bool finished() const override;
  /// Nobody is to find it stalled: it gives up by itself, and counts what is lost.
  bool awaits_answers() const override { return false; }
  std::uint64_t in_flight() const override;
  std::int64_t next_due_ns() const noexcept override;
  void on_due(std::int64_t now_ns) override;
  void close_books(bool stalled) override;

 private:
  struct Publisher {
    std::uint32_t topic = 0;
    PublishCommand command;  // with its payload
    std::uint64_t sequence = 0;
    std::int64_t due_ns = 0;
    std::int64_t sent_ns = 0;      // first
    bool under_way = false;        // the message has not been answered for
    std::int64_t again_at_ns = 0;  // to be published again; 0: an answer is awaited, or a connection
  };
  struct Subscriber {
    std::uint32_t topic = 0;
    std::unique_ptr<ChunkedBody> body;  // where its response is in chunks
    std::int64_t heard_ns = 0;
    std::int64_t returned_ns = 0;  // 0: never
  };
  /// A connection's bytes that are not dealt with: neither sent nor read whole.
  struct Pending {
    std::string unsent;
    std::string unread;
    bool was_ready = false;
    bool hung_up = false;  // an absence is under way
  };

  bool is_publisher(std::size_t connection) const { return connection < publishers_.size(); }
  void send(std::size_t connection, std::string_view bytes);
  bool take_greeting(std::size_t connection, std::string& bytes);
  void take_answers(std::size_t index, std::string& bytes, std::int64_t now_ns);
  void take_pushes(std::size_t index, std::string& bytes, std::int64_t now_ns);
  void take_message(std::size_t index, std::string_view payload, std::int64_t now_ns, bool kept = false);
  void confirm(std::size_t index, std::int64_t now_ns);
  void publish_next(std::size_t index, std::int64_t due_ns, std::int64_t now_ns);
  void publish_again(std::size_t index);
  void send_due(std::int64_t now_ns);
  void keep_absence(std::int64_t now_ns);
  void note_progress(std::int64_t now_ns) { progress_ns_ = now_ns; }

  const Plan& plan_;
  Engine& engine_;
  std::unique_ptr<const PubsubProtocol> protocol_;
  PayloadForm form_;
  std::vector<Publisher> publishers_;
  std::vector<Subscriber> subscribers_;
  std::vector<Pending> pending_;
  MessageLedger ledger_;
  Pacer pacer_;
  Phase phase_;
  Continuity continuity_;
  std::vector<char> in_;
  std::vector<Answer> answers_;    // reused
  Push push_;                      // reused
  std::int64_t began_ns_;          // what was sent earlier belongs to another run
  std::int64_t confirmed_ns_ = 0;  // the latest, or the window's begin
  std::int64_t progress_ns_ = 0;
  bool sending_ = false;
  bool measured_ = false;
  enum class Absence { none, to_come, under_way } absence_ = Absence::none;
};

}  // namespace threadmill::load
