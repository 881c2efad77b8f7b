#pragma once
// The durable group chat as one person has it: what typed lines mean, and what is shown. No I/O.

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "groupchat/message.h"
#include "groupchat/unconfirmed.h"

namespace threadmill::harness {

/// Messages to send, groups to enter and lines to print pile up until they are taken. All that is shown of
/// others is readable().
class GroupConversation {
 public:
  /// A wish to be a member, or to be none any more.
  struct Membership {
    std::string group;
    bool member = true;
  };

  /// Asks to enter `group`, where it is not empty. What was sent before `began_at_us` is shown with its time.
  GroupConversation(std::string user, std::string_view group, std::int64_t began_at_us);

  /// One line, as typed, without its end.
  void on_typed(std::string_view line);
  /// So many texts came while this user was away; they follow.
  void on_unread(std::uint32_t texts);
  /// What was read in an earlier conversation.
  void on_earlier(const std::vector<groupchat::Message>& messages);
  /// A message that is read now, for the first time, or `again`.
  void on_message(const groupchat::Message& message, bool again);
  /// What has become of a text that was sent.
  void on_outcome(const groupchat::Outcome& outcome);
  void on_entered(std::string_view group);
  void on_left(std::string_view group);
  /// The broker is away, for this reason; "": it is there. To be told as often as one likes.
  void on_trouble(std::string_view reason, std::size_t unconfirmed);
  /// What was asked for last could not be done.
  void on_failure(std::string_view reason);

  std::string take_lines();
  std::vector<groupchat::Message> take_messages();
  std::vector<Membership> take_memberships();
  /// /quit was typed.
  bool wants_to_leave() const { return wants_to_leave_; }

 private:
  struct Sent {
    std::string id;
    std::string beginning;
    std::set<std::string> readers{};
  };

  void run_command(std::string_view line);
  void join(std::string_view group);
  void leave(std::string_view group);
  void tell(std::string_view arguments);
  void say(std::string_view text);
  void send(groupchat::Message message);
  void list_readers();
  void show_text(const groupchat::Message& text);
  void show_receipt(const groupchat::Message& receipt);
  void print(std::string_view line);

  std::string user_;
  std::int64_t began_at_us_;
  std::string group_;  // where plain lines are said; "": nowhere
  std::string lines_;
  std::vector<groupchat::Message> messages_;
  std::vector<Membership> memberships_;
  std::deque<Sent> sent_;  // the latest ones
  bool in_trouble_ = false;
  bool wants_to_leave_ = false;
};

}  // namespace threadmill::harness
