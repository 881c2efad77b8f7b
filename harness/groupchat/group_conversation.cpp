#include "harness/groupchat/group_conversation.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "harness/chat/readable.h"
#include "harness/chat/words.h"

namespace threadmill::harness {
namespace {

using groupchat::Message;
using groupchat::Outcome;

constexpr std::string_view kGroupHelp =
    "A line is said in the group that you are in. Commands:\n"
    "  /join GROUP      be a member, also while you are away, and speak there\n"
    "  /leave [GROUP]   be a member no more       /tell USER TEXT  to one person only\n"
    "  /read?           who has read what you sent\n"
    "  /quit, sair      leave this terminal; messages wait for you\n"
    "  //TEXT           a line that begins with /\n";

// Of how many sent messages it is remembered who has read them.
constexpr std::size_t kMostSent = 100;
constexpr std::size_t kSentListed = 20;

std::string time_of(const Message& message) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC ", fmt::gmtime(message.sent_at_us / 1'000'000));
}

std::string where_of(const Message& message, std::string_view current_group) {
  if (message.group.empty()) return "(to you) ";
  return message.group == current_group ? "" : fmt::format("[{}] ", message.group);
}

}  // namespace

GroupConversation::GroupConversation(std::string user, std::string_view group, std::int64_t began_at_us)
    : user_(std::move(user)), began_at_us_(began_at_us) {
  print(fmt::format("* you are {}; /help tells the commands", user_));
  if (!group.empty()) join(group);
}

std::string GroupConversation::take_lines() { return std::exchange(lines_, {}); }
std::vector<Message> GroupConversation::take_messages() { return std::exchange(messages_, {}); }
std::vector<GroupConversation::Membership> GroupConversation::take_memberships() {
  return std::exchange(memberships_, {});
}

void GroupConversation::print(std::string_view line) { lines_.append(line).push_back('\n'); }

// What is typed.

void GroupConversation::on_typed(std::string_view line) {
  line = trimmed(line);
  if (line.empty() || wants_to_leave_) return;
  if (line == "sair") {
    wants_to_leave_ = true;
  } else if (line.starts_with("//")) {
    say(line.substr(1));
  } else if (line.starts_with("/")) {
    run_command(line.substr(1));
  } else {
    say(line);
  }
}

void GroupConversation::run_command(std::string_view line) {
  const auto [command, arguments] = first_word(line);
  if (command == "join") return join(arguments);
  if (command == "leave") return leave(arguments);
  if (command == "tell") return tell(arguments);
  if (command == "read?" || command == "read") return list_readers();
  if (command == "help") {
    lines_.append(kGroupHelp);
  } else if (command == "quit") {
    wants_to_leave_ = true;
  } else {
    print(fmt::format("! there is no /{}; /help tells the commands", readable(command)));
  }
}

void GroupConversation::join(std::string_view group) {
  if (!groupchat::is_name(group)) {
    return print(
        fmt::format("! /join GROUP: a name has 1 to {} of A-Z a-z 0-9 _ -", groupchat::kMostNameBytes));
  }
  memberships_.push_back({.group = std::string(group), .member = true});
}

void GroupConversation::leave(std::string_view group) {
  if (group.empty()) group = group_;
  if (!groupchat::is_name(group)) return print("! you are in no group; /leave GROUP");
  memberships_.push_back({.group = std::string(group), .member = false});
}

void GroupConversation::tell(std::string_view arguments) {
  const auto [user, text] = first_word(arguments);
  if (!groupchat::is_name(user) || text.empty()) return print("! /tell USER TEXT");
  send(groupchat::text_to_user(user_, user, text));
}

void GroupConversation::say(std::string_view text) {
  if (group_.empty()) return print("! you are in no group; enter one with /join GROUP");
  send(groupchat::text_to_group(user_, group_, text));
}

void GroupConversation::send(Message message) {
  if (!groupchat::is_content(message.content)) {
    return print(
        fmt::format("! not sent: a text has at most {} bytes of UTF-8", groupchat::kMostContentBytes));
  }
  sent_.push_back({.id = message.id, .beginning = beginning_of(message.content)});
  if (sent_.size() > kMostSent) sent_.pop_front();
  messages_.push_back(std::move(message));
}

void GroupConversation::list_readers() {
  if (sent_.empty()) print("* you have sent nothing here");
  const std::size_t first = sent_.size() > kSentListed ? sent_.size() - kSentListed : 0;
  for (std::size_t i = first; i < sent_.size(); ++i) {
    const auto& readers = sent_[i].readers;
    print(fmt::format("* read by {}: {}",
                      readers.empty() ? "nobody yet" : fmt::format("{}", fmt::join(readers, ", ")),
                      sent_[i].beginning));
  }
}

// What comes.

void GroupConversation::on_unread(std::uint32_t texts) {
  if (texts > 0) print(fmt::format("* {} unread:", texts));
}

void GroupConversation::on_earlier(const std::vector<Message>& messages) {
  for (const auto& message : messages) {
    if (message.kind != groupchat::Kind::text || message.sender == user_) continue;
    print(fmt::format("  {}{}{}: {}", time_of(message), where_of(message, ""), message.sender,
                      readable(message.content)));
  }
}

void GroupConversation::on_message(const Message& message, bool again) {
  if (again) {
    print(fmt::format("* came again, and was read before: {}", message.id));
  } else if (message.kind == groupchat::Kind::receipt) {
    show_receipt(message);
  } else if (message.sender != user_) {
    show_text(message);
  }
}

void GroupConversation::show_text(const Message& text) {
  const std::string when = text.sent_at_us < began_at_us_ ? time_of(text) : "";
  print(fmt::format("{}{}{}: {}", when, where_of(text, group_), text.sender, readable(text.content)));
}

void GroupConversation::show_receipt(const Message& receipt) {
  const auto sent = std::ranges::find(sent_, receipt.read_id, &Sent::id);
  if (sent == sent_.end()) {
    print(fmt::format("* {} has read something that you sent earlier", receipt.sender));
  } else if (sent->readers.insert(receipt.sender).second) {
    print(fmt::format("* read by {}: {}", receipt.sender, sent->beginning));
  }
}

void GroupConversation::on_outcome(const Outcome& outcome) {
  const auto beginning = beginning_of(outcome.message.content);
  if (outcome.kind == Outcome::Kind::refused) {
    print(fmt::format("! not kept, an inbox may be full; say it again later: {}", beginning));
  } else if (outcome.kind == Outcome::Kind::nobody && outcome.message.group.empty()) {
    print(fmt::format("! nobody is called {}: {}", outcome.message.user, beginning));
  } else if (outcome.kind == Outcome::Kind::nobody) {
    print(fmt::format("! {} has no member: {}", outcome.message.group, beginning));
  }
}

void GroupConversation::on_entered(std::string_view group) {
  group_ = group;
  print(fmt::format("* you are in {}", group_));
}

void GroupConversation::on_left(std::string_view group) {
  print(fmt::format("* you left {}", group));
  if (group_ == group) group_.clear();
}

void GroupConversation::on_trouble(std::string_view reason, std::size_t unconfirmed) {
  if (in_trouble_ == !reason.empty()) return;
  in_trouble_ = !reason.empty();
  if (in_trouble_) {
    print(fmt::format("* {}; trying again; {} of what you sent waits", reason, unconfirmed));
  } else {
    print("* the broker is back");
  }
}

void GroupConversation::on_failure(std::string_view reason) { print(fmt::format("! {}", reason)); }

}  // namespace threadmill::harness
