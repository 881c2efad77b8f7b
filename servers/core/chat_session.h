#pragma once
// The chat service: topics over RESP2, as Redis speaks it.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/resp_command.h"
#include "servers/core/channel.h"
#include "servers/core/fanout.h"
#include "servers/core/session.h"
#include "servers/core/topic_log.h"

namespace threadmill::servers {

struct ChatLimits {
  std::size_t message_bytes = 1 << 20;        ///< of one request
  std::size_t topic_bytes = kMostTopicBytes;  ///< of a topic's name
  std::size_t subscriptions = 1024;           ///< of one connection
};

/// Commands: PING ECHO SUBSCRIBE UNSUBSCRIBE PUBLISH PUBSUB CLIENT INFO QUIT (also /quit and sair), and those
/// of the lobby (lobby.h) where the fan-out leads to one; array or inline form. What is malformed gets an
/// error and ends the connection; what is unknown gets an error only.
class ChatSession : public Session, private DeedWaiter {
 public:
  /// `fanout`, `self` and `history` outlive the session; `history` as for publish_message().
  ChatSession(Fanout& fanout, Member& self, const ChatLimits& limits, EventHistory* history = nullptr);
  ~ChatSession() override;

  Verdict on_bytes(std::string_view bytes, Outbox& out) override;
  bool waits() const override { return awaited_ > 0; }

 private:
  using Words = std::vector<std::string_view>;
  struct Command;
  struct Reply;
  static const Command* find_command(std::string_view name);

  /// Runs every whole request at the start of `input`; returns how many bytes were used.
  std::size_t run_requests(std::string_view input, Reply& reply);
  void run(const Words& words, Reply& reply);
  void on_outcome(const TopicDeed& deed, const DeedOutcome& outcome) override;
  /// Whether a request may be run behind those whose answers are awaited: where it is another to the log.
  bool goes_to_log(const Words& words) const;

  void ping(const Words& words, Reply& reply);
  void echo(const Words& words, Reply& reply);
  void subscribe(const Words& words, Reply& reply);
  void unsubscribe(const Words& words, Reply& reply);
  void publish(const Words& words, Reply& reply);
  void pubsub(const Words& words, Reply& reply);
  void client(const Words& words, Reply& reply);
  void info(const Words& words, Reply& reply);
  void quit(const Words& words, Reply& reply);
  void leave_topic(std::string_view topic, Reply& reply);
  void ask_lobby(const Words& words, Reply& reply);
  /// Answers with an error, and is false, when a topic cannot have that name.
  bool takes_topic(std::string_view topic, Reply& reply) const;

  Fanout& fanout_;
  Member& self_;
  Rooms* const rooms_;     ///< null where there are none
  bool in_lobby_ = false;  ///< it knows this member, which has to leave
  const ChatLimits limits_;
  EventHistory* const history_;
  std::string partial_;      ///< of a request that has not arrived whole
  std::size_t needed_ = 0;   ///< no use in parsing partial_ before it is this long
  std::size_t awaited_ = 0;  ///< publications that have not come back from the log
  std::string late_;         ///< answers to those that have
  // What a read needs and gives back: kept, so that a read of a usual length allocates nothing.
  Words words_;
  std::vector<std::string> unquoted_;
  std::string name_;
  std::set<std::string, std::less<>> topics_;
};

}  // namespace threadmill::servers
