#pragma once
// The publishing half of one generator thread.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/driver.h"
#include "loadgen/engine.h"
#include "loadgen/message_sizes.h"
#include "loadgen/pacer.h"
#include "loadgen/payload_form.h"
#include "loadgen/plan.h"
#include "loadgen/pubsub_protocol.h"
#include "loadgen/pubsub_shared.h"
#include "loadgen/record_file.h"
#include "loadgen/send_batch.h"

namespace threadmill::load {

/// Publishes and takes the replies. Publisher i of the thread is connection i. What makes a message
/// due:
/// - Closed loop: a free place in its publisher's window, which is filled with one send.
/// - Closed loop with time to think: the publisher has thought since the place became free.
/// - Open loop: the schedule. What is due goes to the publisher that has waited for longest since its last
///   turn with a free place in its window; where none has one, it waits for the first that gets one.
///
/// A place is free when this thread knows that the server has acknowledged the message there and that every
/// subscriber, in whichever thread, has it.
///
/// The actual send of a message is the time right before the send(2) that takes its first byte: one clock
/// reading for all messages of the call, after they were written and hashed. Messages of which the socket
/// took no byte were not sent: they get another time with the call that sends them. One that it took in part
/// keeps its time.
class Publishers {
 public:
  static std::size_t count_of(const Plan& plan, std::size_t thread);

  Publishers(const Plan& plan, std::size_t thread, Engine& engine, PubsubShared& shared,
             const PubsubProtocol& protocol);

  std::size_t size() const noexcept { return publishers_.size(); }
  void begin(const Phase& phase, std::uint64_t phase_number);
  void stop_sending();

  /// Says what a new connection has to; where that is nothing, it is ready.
  void greet(std::size_t index);
  /// Until the greeting is confirmed. Returns how many bytes were used; the caller keeps the rest.
  std::size_t on_greeting(std::size_t index, std::string_view bytes);
  /// Replies: `bytes` were received behind those kept before. Returns how many were used; the caller keeps
  /// the rest.
  std::size_t on_replies(std::size_t index, std::string_view bytes, std::int64_t now);
  void on_writable(std::size_t index);
  /// More of the publisher's messages may be complete: it is served with the next serve_touched().
  void touch(std::size_t index);
  void touch_all();
  void serve_touched();

  /// Messages that were published and not acknowledged yet.
  std::uint64_t in_flight() const;
  /// The deadline of the phase, or the next message that is due and can be sent.
  std::int64_t next_due_ns() const noexcept;
  void on_due(std::int64_t now_ns);
  /// Whether it waits for anything: a reply, or the confirmation of a message.
  bool waits(std::size_t index) const;
  bool any_waits() const;

 private:
  struct Publisher {
    std::int64_t receivers = 0;       // what the reply to each PUBLISH has to say
    std::int64_t slow_receivers = 0;  // besides, unless the server has dropped them
    std::uint32_t number = 0;         // in the whole run
    std::uint32_t topic = 0;
    std::uint64_t sent = 0;
    std::uint64_t acknowledged = 0;  // and all before it; of others behind it sent_at_ knows
    std::uint64_t confirmed = 0;     // by all subscribers, where the plan says "confirm"
    std::uint64_t stop_at = 0;
    std::uint64_t thought_about = 0;  // messages whose completion has begun a time to think
    std::int64_t place_since_ns = 0;  // the window has had a free place; 0: it is full
    bool finished = true;             // with the phase
    bool touched = false;
    bool waiting = false;                  // for an arrival: it is in waiting_
    bool blocked = false;                  // the socket did not take everything; on_writable() follows
    std::vector<PublishCommand> commands;  // of each size
    std::string unsent;                    // of a message that the socket took in part
    std::vector<std::int64_t> late;  // due times of messages that it has thought about while it was blocked
  };

  void prepare_commands(Publisher& publisher);
  void begin_thinking(std::int64_t now_ns);
  void end_phase();

  void serve(std::size_t index);
  void finish(Publisher& publisher);
  void await_arrival(std::size_t index, std::uint64_t done, std::int64_t now_ns);
  void send_arrivals(std::int64_t now_ns);
  void send_after_thought(std::int64_t now_ns);
  void send_late(std::size_t index, std::int64_t possible_ns);
  bool send_due(std::size_t index, std::int64_t due_ns, std::int64_t possible_ns);

  std::uint64_t publish(std::size_t index, std::uint64_t messages, std::int64_t due_ns);
  void record_sent(const Publisher& publisher, std::uint64_t first);
  void write_batch(const Publisher& publisher, std::uint64_t messages, std::int64_t due_ns);
  void set_send_time(std::size_t index, std::int64_t due_ns);

  std::uint64_t complete(const Publisher& publisher) const;
  bool may_send(const Publisher& publisher, std::int64_t now_ns) const;
  std::size_t slot(std::size_t index, std::uint64_t sequence) const {
    return index * ring_ + (sequence & (ring_ - 1));
  }
  bool take_answer(std::size_t index, const Answer& answer, std::int64_t now);
  bool take_oldest(std::size_t index, const Answer& answer, std::int64_t now);
  bool take_numbered(std::size_t index, const Answer& answer, std::int64_t now);
  void tell_error(const Answer& answer);
  void acknowledge(std::size_t index, std::uint64_t sequence, const Answer& answer, std::int64_t now);
  void take_confirmation(std::size_t index, const Answer& answer);
  void send_aside(std::size_t index, std::string_view bytes);

  const Plan& plan_;
  Engine& engine_;
  PubsubShared& shared_;
  const PubsubProtocol& protocol_;
  PayloadForm form_;
  MessageSizes sizes_;
  std::vector<Publisher> publishers_;
  std::uint64_t ring_;
  std::vector<std::int64_t> sent_at_;  // of what is in flight, for each publisher; or kAnswered
  std::vector<std::int64_t> due_at_;   // the same; empty where nothing but an answer makes a message due
  struct Told {
    std::uint64_t end = 0;  // the sequence and one more; 0: nothing was told
    std::int64_t receivers = 0;
  };
  std::vector<Told> told_;  // what the latest confirmation in each slot said; empty where none are wanted
  std::vector<std::size_t> touched_;
  SendBatch batch_;
  std::vector<Answer> answers_;  // reused
  Phase phase_;
  std::uint64_t phase_number_ = 0;
  bool sending_ = false;
  Pacer pacer_;
  PublicationRecord record_;
  std::deque<std::size_t> waiting_;  // with a free place, for an arrival; who has waited for longest is first
};

}  // namespace threadmill::load
