#pragma once
// Publishers of a server that may go away and come back.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "loadgen/driver.h"
#include "loadgen/followed_run.h"
#include "loadgen/pacer.h"
#include "loadgen/pubsub_protocol.h"

namespace threadmill::load {

/// The publishing half of FollowedPubsub. Each has one message under way, and publishes it again until the
/// server has answered for it. A publisher's number is that of its connection.
class FollowedPublishers {
 public:
  /// `run` outlives it.
  explicit FollowedPublishers(FollowedRun& run);

  std::size_t size() const noexcept { return publishers_.size(); }
  /// What the publisher says first; empty: it may publish at once.
  std::string greeting(std::size_t index) const;
  /// Nothing where there is nothing to publish, or no connection: then as soon as there is one.
  void publish_again(std::size_t index);
  /// Takes the whole answers off the front of `bytes`.
  void take_answers(std::size_t index, std::string& bytes, std::int64_t now_ns);

  /// The phase of the run begins.
  void begin(std::int64_t now_ns);
  /// Begins no message from now on.
  void stop();
  bool sending() const noexcept { return sending_; }
  /// Messages that were not answered for.
  std::uint64_t in_flight() const;
  /// As those of Driver.
  std::int64_t next_due_ns() const noexcept;
  void on_due(std::int64_t now_ns);
  void close_books();

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

  void send_due(std::int64_t now_ns);
  void publish_next(std::size_t index, std::int64_t due_ns, std::int64_t now_ns);
  bool take_answer(std::size_t index, const Answer& answer, std::int64_t now_ns);
  void confirm(std::size_t index, std::int64_t now_ns);
  void note_wait(std::int64_t until_ns);

  FollowedRun& run_;
  std::vector<Publisher> publishers_;
  Pacer pacer_;
  std::vector<Answer> answers_;    // reused
  std::int64_t confirmed_ns_ = 0;  // the latest, or the window's begin
  bool sending_ = false;
};

}  // namespace threadmill::load
