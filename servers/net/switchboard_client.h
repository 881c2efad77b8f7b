#pragma once
// A child's side of the channel to its parent, which knows all topics.

#include <string>

#include "os/descriptor.h"
#include "servers/core/fanout.h"
#include "servers/core/outbox.h"
#include "servers/core/switchboard_frame.h"
#include "servers/net/blocking_connection.h"

namespace threadmill::servers {

/// A fan-out whose other members live in other processes: each call asks the parent and waits for its answer,
/// while deliveries that come in between go to the outbox. The lobby is with the parent too. Used by
/// one thread.
class SwitchboardClient : public Fanout, public PublicationSource, private Rooms {
 public:
  /// `channel` is a non-blocking stream socket; deliveries go to `outbox`.
  SwitchboardClient(int channel, Outbox& outbox) : channel_(channel), outbox_(outbox) { lead_to(*this); }

  void join(std::string_view topic, Member&) override { ask({FrameKind::join, topic, {}}); }
  void leave(std::string_view topic, Member&) override { ask({FrameKind::leave, topic, {}}); }
  std::size_t publish(std::string_view topic, Publication publication) override;
  std::size_t member_count(std::string_view topic) override;
  std::vector<std::string> topics() override;

  /// Whether the parent has hung up.
  bool gone() const { return gone_; }

  int fd() const override { return channel_; }
  /// Takes deliveries; false when the parent is gone.
  bool on_readable() override;

 private:
  std::string run(Member& member, std::span<const std::string_view> words) override;
  void leave(Member& member, Departure how) override;

  /// Sends a question and returns the body of its answer; empty when the parent is gone.
  std::string ask(const Frame& question);
  bool send_some(std::string_view& bytes);
  /// Reads once. Deliveries go to the outbox, an answer to `answer_`.
  bool receive();

  int channel_;
  Outbox& outbox_;
  std::string input_;
  std::string question_;  ///< the latest; its memory serves the next
  std::string answer_;
  bool answered_ = false;
  bool gone_ = false;
};

}  // namespace threadmill::servers
