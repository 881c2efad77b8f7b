#pragma once
// A child's side of the channel to its parent, which knows all topics.

#include <functional>
#include <string>

#include "servers/core/fanout.h"
#include "servers/core/switchboard_frame.h"
#include "servers/net/blocking_connection.h"

namespace threadmill::servers {

/// A fan-out whose other members live in other processes: each call asks the parent and waits for its answer,
/// while deliveries that come in between are handed over. The lobby is with the parent too. Used by
/// one thread.
class SwitchboardClient : public Fanout, public PublicationSource, private Rooms {
 public:
  /// Takes what is to be written to the client.
  using Deliver = std::function<void(std::string_view bytes)>;

  /// `channel` is a non-blocking stream socket.
  SwitchboardClient(int channel, Deliver deliver) : channel_(channel), deliver_(std::move(deliver)) {
    lead_to(*this);
  }

  void join(std::string_view topic, Member&) override { ask({FrameKind::join, topic, {}}); }
  void leave(std::string_view topic, Member&) override { ask({FrameKind::leave, topic, {}}); }
  std::size_t publish(std::string_view topic, Publication publication) override;
  std::size_t member_count(std::string_view topic) override;
  std::vector<std::string> topics() override;

  /// Whether the parent has hung up.
  bool gone() const { return gone_; }

  int fd() const override { return channel_; }
  /// Reads once and takes deliveries, and the answer to a question under way; false when the parent is gone.
  bool on_readable() override;

 protected:
  /// Waits until there is something to hear, or room for what is `to_send`, and hears it. A question under
  /// way is waited for so.
  virtual void wait(bool to_send);

 private:
  std::string run(Member& member, std::span<const std::string_view> words) override;
  void leave(Member& member, Departure how) override;

  /// Sends a question and returns the body of its answer; empty when the parent is gone.
  std::string ask(const Frame& question);
  bool send_some(std::string_view& bytes);

  int channel_;
  Deliver deliver_;
  std::string input_;
  std::string question_;  ///< the latest; its memory serves the next
  std::string answer_;
  bool answered_ = false;
  bool gone_ = false;
};

}  // namespace threadmill::servers
