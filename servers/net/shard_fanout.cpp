#include "servers/net/shard_fanout.h"

#include <poll.h>

#include <algorithm>
#include <iterator>

namespace threadmill::servers {

void ShardFanout::join(std::string_view topic, Member& member) {
  take_mail();  // who joins now does not get what was published before
  members_.join(topic, member);
  group_.directory.join(topic, loop_);
}

void ShardFanout::leave(std::string_view topic, Member& member) {
  take_mail();  // who leaves now still gets what was published before
  members_.leave(topic, member);
  group_.directory.leave(topic, loop_);
}

std::size_t ShardFanout::publish(std::string_view topic, Publication publication) {
  take_mail();
  const TopicMembers members = group_.directory.find(topic);
  if (members.count == 0) return 0;
  const auto shared = share(std::move(publication));
  members_.publish_shared(topic, shared);
  for (std::size_t loop = 0; loop < group_.mailboxes.size(); ++loop) {
    const bool has_members = ((members.loops >> loop) & 1U) != 0;
    if (has_members && loop != loop_) send(topic, shared, *group_.mailboxes[loop]);
  }
  return members.count;
}

void ShardFanout::send(std::string_view topic, const SharedPublication& publication, Mailbox& to) {
  bool waited = false;
  // Full: publishers have to wait for the other loop. It may be waiting for this one in the same way, so what
  // comes in is taken meanwhile.
  while (to.post(topic, publication, mailbox()) == Mailbox::Posted::full) {
    wait_for_mail();
    waited = true;
  }
  if (waited && !sockets_.empty()) mailbox().wake();
}

void ShardFanout::wait_for_room() {
  bool waited = false;
  for (const auto& other : group_.mailboxes) {
    while (other.get() != &mailbox() && !other->has_room(mailbox())) {
      wait_for_mail();
      waited = true;
    }
  }
  if (waited && !sockets_.empty()) mailbox().wake();
}

void ShardFanout::wait_for_mail() {
  pollfd mail{mailbox().fd(), POLLIN, 0};
  ::poll(&mail, 1, -1);
  mailbox().acknowledge();
  take_mail();
}

void ShardFanout::take_mail() {
  collect_mail();
  deliver_mail();
}

void ShardFanout::deliver_mail() {
  for (const Letter& letter : mail_.letters) {
    if (letter.to.empty()) {
      members_.publish_shared(letter.topic, letter.publication);
    } else {
      for (Member* member : letter.to) member->deliver(letter.publication);
    }
  }
  mail_.letters.clear();
  std::move(mail_.sockets.begin(), mail_.sockets.end(), std::back_inserter(sockets_));
  mail_.sockets.clear();
}

}  // namespace threadmill::servers
