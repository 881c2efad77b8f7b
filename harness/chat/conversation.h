#pragma once
// A chat as one person has it: lines typed become commands, what the server sends becomes lines to read. No
// I/O.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "protocol/resp_reply.h"

namespace threadmill::harness {

/// Speaks to the lobby of our server (servers/core/lobby.h). Bytes to send and lines to print pile up until
/// they are taken. All that is shown of others is readable().
class Conversation {
 public:
  /// Asks for `name`, where it is not empty, and enters `room` once the server has accepted a name, this one
  /// or one of /name.
  Conversation(std::string_view name, std::string_view room);

  /// One line, as typed, without its end.
  void on_typed(std::string_view line);
  /// Bytes from the server, split anywhere.
  void on_received(std::string_view bytes);
  /// No more is typed: leaves cleanly.
  void on_end_of_typing();

  std::string take_bytes_to_send();
  std::string take_lines();

  /// The server has confirmed that we leave.
  bool has_left() const { return has_left_; }
  /// Why it cannot go on: what the server sends is no RESP2. "" while it can.
  const std::string& broken() const { return broken_; }

 private:
  using OnReply = std::function<void(const resp::Reply&)>;

  void run_command(std::string_view line);
  void say(std::string_view text);
  void tell(std::string_view arguments);
  void set_name(std::string_view name);
  void join(std::string_view room);
  void part(std::string_view room);
  void who(std::string_view room);
  void list_rooms();
  void history(std::string_view arguments);
  void leave();

  void ask(std::initializer_list<std::string_view> words, OnReply on_reply);
  /// The same with a sum and a wish to hear of the delivery.
  void ask_confirmed(std::initializer_list<std::string_view> words, std::string_view text);
  void acknowledge(std::string_view text);

  void take_reply(const resp::Reply& reply);
  void take_push(const resp::Reply& push);
  void show_delivered(std::string_view id, std::string_view receivers);
  void print(std::string_view line);

  std::string to_send_;
  std::string lines_;
  std::string name_;
  std::string first_room_;  ///< to enter as soon as there is a name; "": entered, or none
  std::string room_;        ///< where plain lines are said; "": nowhere
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, std::string> undelivered_;  ///< how what was sent under that id begins, as shown
  std::deque<OnReply> awaited_;                       ///< in the order of the commands
  resp::ReplyReader reader_;
  bool leaving_ = false;
  bool has_left_ = false;
  std::string broken_;
};

}  // namespace threadmill::harness
