#pragma once
// The topics of one event loop among several.

#include <memory>
#include <utility>
#include <vector>

#include "servers/core/fanout.h"
#include "servers/core/local_fanout.h"
#include "servers/net/mailbox.h"
#include "servers/net/topic_directory.h"

namespace threadmill::servers {

/// What the loops of one server share. Outlives all of them.
struct ShardGroup {
  /// `mailbox_bytes` bounds what may wait for one loop. Throws std::system_error.
  ShardGroup(std::size_t loops, std::size_t mailbox_bytes) : directory(loops) {
    for (std::size_t i = 0; i < loops; ++i) mailboxes.push_back(std::make_unique<Mailbox>(mailbox_bytes));
  }
  TopicDirectory directory;
  std::vector<std::unique_ptr<Mailbox>> mailboxes;  ///< one for each loop
};

/// A publication goes to the members in this loop at once, and in one letter to each other loop that has
/// some. Every subscriber gets what one publisher sent to a topic in its order; and, as mail is looked at
/// before anything is delivered, nothing before what was published and answered earlier. Publishers in
/// different loops that do not wait for answers may be seen in different orders by subscribers in different
/// loops.
///
/// Used from its loop's thread. Members must not join or leave from inside deliver().
class ShardFanout : public Fanout {
 public:
  ShardFanout(ShardGroup& group, std::size_t loop) : group_(group), loop_(loop) {}

  void join(std::string_view topic, Member& member) override;
  void leave(std::string_view topic, Member& member) override;
  std::size_t publish(std::string_view topic, Publication publication) override;
  std::size_t member_count(std::string_view topic) override { return group_.directory.find(topic).count; }
  std::vector<std::string> topics() override { return group_.directory.topics(); }

  /// Delivers what other loops have sent.
  void take_mail();

  /// Takes it from the mailbox, without delivering anything yet: for callers that hold a lock which others
  /// may wait for. deliver_mail() has to follow before anything else is called.
  void collect_mail() { mailbox().take(mail_); }
  void deliver_mail();

  /// Waits until every other loop has room for mail, and takes its own meanwhile: without a lock that a loop
  /// could be waiting for.
  void wait_for_room();

  /// Sockets that came with the mail so far. The mailbox is readable again where some have come.
  std::vector<os::Descriptor> take_sockets() { return std::exchange(sockets_, {}); }

 private:
  Mailbox& mailbox() { return *group_.mailboxes[loop_]; }
  /// Passes the time until somebody has room or sends something.
  void wait_for_mail();
  void send(std::string_view topic, const SharedPublication& publication, Mailbox& to);

  ShardGroup& group_;
  const std::size_t loop_;
  LocalFanout members_;
  Mail mail_;  ///< empty between calls; kept for its room
  std::vector<os::Descriptor> sockets_;
};

}  // namespace threadmill::servers
