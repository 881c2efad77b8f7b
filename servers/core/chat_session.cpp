#include "servers/core/chat_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/resp_encode.h"
#include "servers/core/glob.h"
#include "servers/core/lobby.h"
#include "servers/core/words.h"

namespace threadmill::servers {
namespace {

// What a read brings at once is answered at once; a batch of replies is handed to the outbox when it gets
// this long.
constexpr std::size_t kReplyBatchBytes = 16 << 10;
// Room for so many words stays with a connection.
constexpr std::size_t kKeptWords = 8;
// How much of a client's own words an error quotes back.
constexpr std::size_t kQuotedBytes = 128;

std::string lower(std::string_view word) {
  std::string text(word);
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return text;
}

/// The words of Redis 5.
std::string unknown_command(const std::vector<std::string_view>& words) {
  std::string text =
      fmt::format("ERR unknown command `{}`, with args beginning with: ", words[0].substr(0, kQuotedBytes));
  for (std::size_t i = 1; i < words.size() && text.size() < 2 * kQuotedBytes; ++i) {
    text += fmt::format("`{}`, ", words[i].substr(0, kQuotedBytes));
  }
  return text;
}

std::string wrong_count(std::string_view command) {
  return fmt::format("ERR wrong number of arguments for '{}' command",
                     lower(command.substr(0, kQuotedBytes)));
}

/// A command of many words leaves no memory behind with a connection that may be idle from then on.
template <typename Word>
void give_back(std::vector<Word>& words) {
  if (words.capacity() > kKeptWords) std::vector<Word>().swap(words);
}

/// CLIENT SETNAME and SETINFO take printable bytes without spaces only.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

}  // namespace

struct ChatSession::Reply {
  Outbox& out;
  std::string bytes;
  bool closing = false;

  /// Moves what was said so far to the outbox, behind which publications may then queue.
  void hand_over() {
    out.append(bytes);
    bytes.clear();
  }
  void error(std::string_view text) { resp::append_error(bytes, text); }
};

struct ChatSession::Command {
  std::string_view name;
  std::size_t fewest_words;
  std::size_t most_words;
  bool while_subscribed;  ///< RESP2 allows few commands on a connection that has subscribed
  void (ChatSession::*run)(const Words&, Reply&);
};

const ChatSession::Command* ChatSession::find_command(std::string_view name) {
  constexpr std::size_t kAny = SIZE_MAX;
  static const std::array<Command, 11> commands = {{
      {"publish", 3, 3, false, &ChatSession::publish},
      {"ping", 1, 2, true, &ChatSession::ping},
      {"echo", 2, 2, false, &ChatSession::echo},
      {"subscribe", 2, kAny, true, &ChatSession::subscribe},
      {"unsubscribe", 1, kAny, true, &ChatSession::unsubscribe},
      {"pubsub", 2, kAny, false, &ChatSession::pubsub},
      {"client", 2, kAny, false, &ChatSession::client},
      {"info", 1, kAny, false, &ChatSession::info},
      {"quit", 1, kAny, true, &ChatSession::quit},
      {"/quit", 1, 1, true, &ChatSession::quit},
      {"sair", 1, 1, true, &ChatSession::quit},
  }};
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&](const Command& command) { return same_word(command.name, name); });
  return found == commands.end() ? nullptr : &*found;
}

ChatSession::ChatSession(Fanout& fanout, Member& self, const ChatLimits& limits, EventHistory* history)
    : fanout_(fanout), self_(self), rooms_(fanout.rooms()), limits_(limits), history_(history) {}

ChatSession::~ChatSession() {
  if (in_lobby_) rooms_->leave(self_, Departure::lost);
  for (const auto& topic : topics_) fanout_.leave(topic, self_);
  if (awaited_ > 0) fanout_.log()->forget(*this);
}

Verdict ChatSession::on_bytes(std::string_view bytes, Outbox& out) {
  Reply reply{out, std::exchange(late_, {}), false};
  if (partial_.empty()) {
    const std::size_t used = run_requests(bytes, reply);
    if (!reply.closing) partial_.assign(bytes.substr(used));
  } else {
    partial_.append(bytes);
    if (partial_.size() >= needed_) partial_.erase(0, run_requests(partial_, reply));
  }
  if (partial_.empty() && partial_.capacity() > kReplyBatchBytes) std::string().swap(partial_);
  reply.hand_over();
  return reply.closing ? Verdict::close : Verdict::keep;
}

std::size_t ChatSession::run_requests(std::string_view input, Reply& reply) {
  const resp::CommandLimits limits{.request_bytes = limits_.message_bytes};
  std::size_t used = 0;
  while (used < input.size() && !reply.closing) {
    const auto parsed = resp::parse_command(input.substr(used), limits, words_, unquoted_);
    if (awaited_ > 0 && (parsed.status != resp::CommandParse::Status::complete || !goes_to_log(words_))) {
      needed_ = 0;  // it is looked at again when the answers that come first are there
      break;
    }
    if (parsed.status == resp::CommandParse::Status::incomplete) {
      needed_ = parsed.needed;
      if (input.size() - used <= limits_.message_bytes) break;
      reply.error(fmt::format("ERR Protocol error: request longer than the limit of {} bytes",
                              limits_.message_bytes));
      reply.closing = true;
    } else if (parsed.status == resp::CommandParse::Status::malformed) {
      reply.error("ERR " + parsed.error);
      reply.closing = true;
    } else {
      used += parsed.consumed;
      if (!words_.empty()) run(words_, reply);
      if (reply.bytes.size() >= kReplyBatchBytes) reply.hand_over();
    }
  }
  give_back(words_);
  give_back(unquoted_);
  return used;
}

void ChatSession::run(const Words& words, Reply& reply) {
  const Command* command = find_command(words[0]);
  const bool for_lobby = command == nullptr && rooms_ != nullptr && is_lobby_command(words[0]);
  const bool while_subscribed = command == nullptr ? same_word(words[0], "ack") : command->while_subscribed;
  if (same_word(words[0], "post") || same_word(words[0], "host:")) {
    // A web page can make a browser send this to a loopback port, with commands in the body: Redis hangs up
    // too.
    reply.error("ERR Protocol error: this is HTTP, not RESP");
    reply.closing = true;
  } else if (command == nullptr && !for_lobby && is_lobby_command(words[0])) {
    reply.error("ERR this server has no rooms");
  } else if (command == nullptr && !for_lobby) {
    reply.error(unknown_command(words));
  } else if (!for_lobby && (words.size() < command->fewest_words || words.size() > command->most_words)) {
    reply.error(wrong_count(words[0]));
  } else if (!topics_.empty() && !while_subscribed) {
    reply.error(fmt::format(
        "ERR Can't execute '{}': only SUBSCRIBE / UNSUBSCRIBE / PING / QUIT are allowed in this context",
        lower(words[0])));
  } else if (for_lobby) {
    ask_lobby(words, reply);
  } else {
    (this->*command->run)(words, reply);
  }
}

void ChatSession::ping(const Words& words, Reply& reply) {
  const std::string_view text = words.size() > 1 ? words[1] : std::string_view();
  if (!topics_.empty()) {
    resp::append_command(reply.bytes, {"pong", text});
  } else if (words.size() > 1) {
    resp::append_bulk(reply.bytes, text);
  } else {
    resp::append_simple(reply.bytes, "PONG");
  }
}

void ChatSession::echo(const Words& words, Reply& reply) { resp::append_bulk(reply.bytes, words[1]); }

void ChatSession::subscribe(const Words& words, Reply& reply) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto topic = words[i];
    if (!takes_topic(topic, reply)) continue;
    const bool joined = topics_.find(topic) != topics_.end();
    if (!joined && topics_.size() >= limits_.subscriptions) {
      reply.error(
          fmt::format("ERR more subscriptions than the limit of {} a connection", limits_.subscriptions));
      continue;
    }
    if (!joined) topics_.emplace(topic);
    resp::append_array_header(reply.bytes, 3);
    resp::append_bulk(reply.bytes, "subscribe");
    resp::append_bulk(reply.bytes, topic);
    resp::append_integer(reply.bytes, static_cast<std::int64_t>(topics_.size()));
    // The confirmation goes ahead of the first publication, so it is in the outbox before one can arrive.
    reply.hand_over();
    if (!joined) fanout_.join(topic, self_);
  }
}

bool ChatSession::takes_topic(std::string_view topic, Reply& reply) const {
  const auto fault = topic_fault(topic, limits_.topic_bytes);
  if (!fault.empty()) reply.error(fault);
  return fault.empty();
}

void ChatSession::unsubscribe(const Words& words, Reply& reply) {
  if (words.size() > 1) {
    for (std::size_t i = 1; i < words.size(); ++i) leave_topic(words[i], reply);
  } else if (topics_.empty()) {
    resp::append_array_header(reply.bytes, 3);
    resp::append_bulk(reply.bytes, "unsubscribe");
    resp::append_null_bulk(reply.bytes);
    resp::append_integer(reply.bytes, 0);
  } else {
    while (!topics_.empty()) leave_topic(std::string(*topics_.begin()), reply);
  }
}

void ChatSession::leave_topic(std::string_view topic, Reply& reply) {
  const auto found = topics_.find(topic);
  if (found != topics_.end()) {
    // What a batching fan-out still holds for us comes out in leave(), ahead of the confirmation.
    reply.hand_over();
    fanout_.leave(topic, self_);
    topics_.erase(found);
  }
  resp::append_array_header(reply.bytes, 3);
  resp::append_bulk(reply.bytes, "unsubscribe");
  resp::append_bulk(reply.bytes, topic);
  resp::append_integer(reply.bytes, static_cast<std::int64_t>(topics_.size()));
}

void ChatSession::publish(const Words& words, Reply& reply) {
  if (!takes_topic(words[1], reply)) return;
  if (auto* log = fanout_.log()) {
    ++awaited_;
    log->append({TopicDeed::Kind::publish, std::string(words[1]), std::string(words[2])}, this, self_);
    return;
  }
  const std::size_t receivers = publish_message(fanout_, words[1], words[2], history_);
  resp::append_integer(reply.bytes, static_cast<std::int64_t>(receivers));
}

bool ChatSession::goes_to_log(const Words& words) const {
  return words.size() == 3 && same_word(words[0], "publish") && topics_.empty() &&
         topic_fault(words[1], limits_.topic_bytes).empty();
}

void ChatSession::on_outcome(const TopicDeed&, const DeedOutcome& outcome) {
  --awaited_;
  if (outcome.error.empty()) {
    resp::append_integer(late_, static_cast<std::int64_t>(outcome.receivers));
  } else {
    resp::append_error(late_, "ERR " + outcome.error);
  }
}

void ChatSession::pubsub(const Words& words, Reply& reply) {
  if (same_word(words[1], "channels") && words.size() <= 3) {
    auto topics = subscribed_topics(fanout_);
    if (words.size() == 3)
      std::erase_if(topics, [&](const std::string& topic) { return !glob_match(words[2], topic); });
    resp::append_array_header(reply.bytes, topics.size());
    for (const auto& topic : topics) resp::append_bulk(reply.bytes, topic);
  } else if (same_word(words[1], "numsub")) {
    resp::append_array_header(reply.bytes, 2 * (words.size() - 2));
    for (std::size_t i = 2; i < words.size(); ++i) {
      resp::append_bulk(reply.bytes, words[i]);
      resp::append_integer(reply.bytes,
                           static_cast<std::int64_t>(subscriber_count(fanout_, words[i], history_)));
    }
  } else if (same_word(words[1], "numpat") && words.size() == 2) {
    resp::append_integer(reply.bytes, 0);  // pattern subscriptions are not offered
  } else {
    reply.error(fmt::format(
        "ERR Unknown PUBSUB subcommand or wrong number of arguments for '{}'. Try PUBSUB CHANNELS "
        "[pattern], PUBSUB NUMSUB [topic ...] or PUBSUB NUMPAT.",
        words[1].substr(0, kQuotedBytes)));
  }
}

void ChatSession::client(const Words& words, Reply& reply) {
  if (same_word(words[1], "setname") && words.size() == 3) {
    if (!is_plain(words[2]) || words[2].size() > limits_.topic_bytes) {
      reply.error("ERR Client names cannot contain spaces, newlines or special characters.");
      return;
    }
    name_ = words[2];
    resp::append_simple(reply.bytes, "OK");
  } else if (same_word(words[1], "getname") && words.size() == 2) {
    if (name_.empty()) {
      resp::append_null_bulk(reply.bytes);
    } else {
      resp::append_bulk(reply.bytes, name_);
    }
  } else if (same_word(words[1], "setinfo") && words.size() == 4) {
    // Libraries announce themselves; nothing here depends on which they are.
    if (is_plain(words[3])) {
      resp::append_simple(reply.bytes, "OK");
    } else {
      reply.error(fmt::format("ERR {} cannot contain spaces, newlines or special characters.",
                              lower(words[2].substr(0, kQuotedBytes))));
    }
  } else {
    reply.error(fmt::format(
        "ERR Unknown CLIENT subcommand or wrong number of arguments for '{}'. Try CLIENT SETNAME, "
        "GETNAME or SETINFO.",
        words[1].substr(0, kQuotedBytes)));
  }
}

void ChatSession::info(const Words&, Reply& reply) {
  // Client libraries ask before anything else whether a server still loads what it keeps; ours listens when
  // it has. Whatever section is asked for, this is all there is.
  resp::append_bulk(reply.bytes,
                    "# Server\r\nserver_name:threadmill\r\nredis_mode:standalone\r\n\r\n"
                    "# Persistence\r\nloading:0\r\n");
}

void ChatSession::ask_lobby(const Words& words, Reply& reply) {
  // What was said so far goes ahead of what the lobby pushes.
  reply.hand_over();
  in_lobby_ = true;
  reply.bytes = rooms_->run(self_, words);
}

void ChatSession::quit(const Words&, Reply& reply) {
  if (in_lobby_) rooms_->leave(self_, Departure::clean);
  in_lobby_ = false;
  resp::append_simple(reply.bytes, "OK");
  reply.closing = true;
}

}  // namespace threadmill::servers
