#include "harness/groupchat/terminal_groupchat.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <deque>
#include <memory>
#include <stdexcept>

#include "groupchat/amqp/mailbox.h"
#include "groupchat/amqp/post.h"
#include "groupchat/amqp/reader.h"
#include "groupchat/history.h"
#include "harness/chat/typed_lines.h"
#include "harness/errors.h"
#include "harness/groupchat/group_conversation.h"
#include "os/errors.h"

namespace threadmill::harness {
namespace {

using groupchat::BrokerError;
using groupchat::Kind;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// While nothing happens: heartbeats, and attempts to connect anew.
constexpr milliseconds kTick{200};
// After /quit: for what is not confirmed.
constexpr milliseconds kGoodbye{5'000};
// Messages shown before the keyboard is looked at again.
constexpr int kReadAtATime = 64;

/// The state of one call of talk_in_groups().
class GroupTalk {
 public:
  GroupTalk(const GroupchatOptions& options, const groupchat::BrokerAddress& address, int input, int output,
            int stop)
      : history_(options.history.empty() ? groupchat::History() : groupchat::History(options.history)),
        post_(address),
        mailbox_(address, options.user, {Kind::text, Kind::receipt}),
        reader_(options.user, mailbox_, post_, history_),
        conversation_(options.user, options.group, groupchat::now_us()),
        typed_(input),
        input_(input),
        output_(output),
        stop_(stop) {}

  void run() {
    conversation_.on_earlier(history_.latest());
    conversation_.on_unread(mailbox_.waiting(Kind::text));
    while (typing_ && !conversation_.wants_to_leave()) {
      turn();
      wait();
    }
    say_goodbye();
  }

 private:
  /// What can be done without waiting.
  void turn() {
    change_memberships();
    read();
    print(conversation_.take_lines());  // before a receipt says that it was read
    send(milliseconds(0));
    conversation_.on_trouble(post_.trouble().empty() ? mailbox_.trouble() : post_.trouble(), unconfirmed());
    print(conversation_.take_lines());
  }

  /// Sends what the post takes, and hears what has become of what was sent, within `wait`.
  void send(milliseconds wait) {
    for (auto& message : conversation_.take_messages()) outgoing_.push_back(std::move(message));
    for (; !outgoing_.empty() && !post_.full(); outgoing_.pop_front())
      post_.send(std::move(outgoing_.front()));
    for (const auto& outcome : post_.turn(wait)) {
      if (!reader_.on_outcome(outcome)) conversation_.on_outcome(outcome);
    }
  }

  std::size_t unconfirmed() const { return post_.unconfirmed() + outgoing_.size(); }

  void read() {
    more_to_read_ = true;
    for (int i = 0; i < kReadAtATime && more_to_read_; ++i) {
      const auto reading = reader_.take(milliseconds(0));
      more_to_read_ = reading.has_value();
      if (reading) conversation_.on_message(reading->message, reading->again);
    }
  }

  void change_memberships() {
    for (const auto& [group, member] : conversation_.take_memberships()) {
      try {
        member ? mailbox_.join(group) : mailbox_.leave(group);
        member ? conversation_.on_entered(group) : conversation_.on_left(group);
      } catch (const BrokerError& error) {
        conversation_.on_failure(error.what());
      }
    }
  }

  void wait() {
    const bool can_type = outgoing_.empty();  // otherwise the broker is behind, and so must be who types
    std::array<pollfd, 4> ready = {{{mailbox_.fd(), POLLIN, 0},
                                    {post_.fd(), POLLIN, 0},
                                    {can_type ? input_ : -1, POLLIN, 0},
                                    {stop_, POLLIN, 0}}};
    const auto timeout = more_to_read_ ? milliseconds(0) : kTick;
    if (::poll(ready.data(), ready.size(), static_cast<int>(timeout.count())) < 0 && errno != EINTR) {
      os::throw_errno("poll");
    }
    if (ready[2].revents != 0) {
      typing_ = typed_.read([this](std::string_view line) {
        conversation_.on_typed(line);
        change_memberships();  // the next line may be for another group
      });
    }
    if (ready[3].revents != 0) typing_ = false;
  }

  /// What was read is acknowledged, and what was sent is confirmed, if the broker is there to do it.
  void say_goodbye() {
    const auto deadline = steady_clock::now() + kGoodbye;
    send(milliseconds(0));
    while (unconfirmed() > 0 && steady_clock::now() < deadline) send(kTick);
    print(conversation_.take_lines());
    if (const auto lost = unconfirmed(); lost > 0) {
      throw std::runtime_error(fmt::format("{} messages and receipts were not confirmed and may be lost{}{}",
                                           lost, post_.trouble().empty() ? "" : ": ", post_.trouble()));
    }
  }

  void print(std::string_view lines) const {
    while (!lines.empty()) {
      const ssize_t written = ::write(output_, lines.data(), lines.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) os::throw_errno("nothing can be printed: write");
      lines.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  groupchat::History history_;
  groupchat::Post post_;
  groupchat::Mailbox mailbox_;
  groupchat::Reader reader_;
  GroupConversation conversation_;
  TypedLines typed_;
  int input_;
  int output_;
  int stop_;
  std::deque<groupchat::Message> outgoing_;  // what was typed while the post was full
  bool typing_ = true;
  bool more_to_read_ = false;
};

groupchat::BrokerAddress address_of(const GroupchatOptions& options) {
  try {
    auto address = groupchat::broker_from(options.url);
    if (address.password != groupchat::BrokerAddress().password) {
      throw InputError(fmt::format(
          "--url: others can read a password on the command line; give it in the environment, as {}",
          kPasswordVariable));
    }
    if (!options.password.empty()) address.password = options.password;
    return address;
  } catch (const std::invalid_argument& error) {
    throw InputError(fmt::format("--url: {}", error.what()));
  }
}

}  // namespace

void talk_in_groups(const GroupchatOptions& options, int input, int output, int stop) {
  const auto address = address_of(options);
  std::unique_ptr<GroupTalk> talk;
  try {
    talk = std::make_unique<GroupTalk>(options, address, input, output, stop);
  } catch (const BrokerError& error) {
    throw std::runtime_error(
        fmt::format("{}; give the --url of a RabbitMQ 3.10 or later, or start one here: apt-get install "
                    "rabbitmq-server (Debian)",
                    error.what()));
  }
  talk->run();
}

}  // namespace threadmill::harness
