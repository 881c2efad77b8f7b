#pragma once
// The receiving half of one generator thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "loadgen/acknowledgements.h"
#include "loadgen/chunked_body.h"
#include "loadgen/engine.h"
#include "loadgen/message_sizes.h"
#include "loadgen/outgoing.h"
#include "loadgen/payload_form.h"
#include "loadgen/plan.h"
#include "loadgen/pubsub_protocol.h"
#include "loadgen/pubsub_shared.h"
#include "loadgen/pubsub_topic.h"

namespace threadmill::load {

/// Checks every byte of every push. The first subscriber to receive a publication parses it and verifies its
/// checksum; for the others it is compared with that, many at a time. Subscribers may receive publications of
/// different publishers in different orders: then they are parsed in full, until both orders meet again.
/// Where the plan says "confirm", each parses each, and acknowledges it; also where the protocol wants
/// something sent back for each (Push::text).
class Subscribers {
 public:
  static std::size_t count_of(const Plan& plan, std::size_t thread);

  /// Subscriber i of the thread is connection first_connection + i.
  Subscribers(const Plan& plan, std::size_t thread, Engine& engine, PubsubShared& shared,
              const PubsubProtocol& protocol, std::size_t first_connection);

  std::size_t size() const noexcept { return subscribers_.size(); }

  /// Asks for its topic.
  void greet(std::size_t index);
  /// Until the subscription is confirmed. Returns how many bytes were used; the caller keeps the rest.
  std::size_t on_greeting(std::size_t index, std::string_view bytes);
  /// What was received behind the greeting, of a response in chunks: moves the content to the front and
  /// returns how much that is. Then on_pushes() is to have it.
  std::size_t unframe(std::size_t index, std::span<char> bytes) {
    return subscribers_[index].body ? unchunk(index, bytes) : bytes.size();
  }
  /// Pushes. Returns how many bytes were used; the caller keeps the rest.
  std::size_t on_pushes(std::size_t index, std::string_view bytes, std::int64_t now);

  /// The rest of what was to be sent can be.
  void on_writable(std::size_t index);

  /// Publishers (numbers in the run) whose messages have become complete in this thread since the last call.
  /// Each once. Valid until the next on_pushes().
  std::span<const std::uint32_t> take_advanced();

  /// Counts what never arrived.
  void close_books();
  /// Whether it still lacks a message that was sent.
  bool waits(std::size_t index) const;

 private:
  struct Subscriber {
    TopicStream* topic = nullptr;
    std::uint64_t position = 0;          // in the topic's stream: what it is expected to receive next
    std::size_t expected_at = 0;         // its first counter in expected_
    std::uint64_t corrupt_unplaced = 0;  // corrupt, and nobody knows which message it was
    std::unique_ptr<ChunkedBody> body;   // where its response is in chunks
  };

  std::unique_ptr<TopicStream> make_stream(std::uint32_t topic, std::uint32_t publishers) const;
  std::size_t unchunk(std::size_t index, std::span<char> bytes);
  std::size_t take_known(Subscriber& subscriber, std::string_view bytes);
  std::size_t take_parsed(std::size_t index, std::string_view bytes);
  std::size_t take_known_one_by_one(Subscriber& subscriber, std::string_view bytes);
  void take_payload(Subscriber& subscriber, std::string_view payload, std::string_view frame);
  void take_message(Subscriber& subscriber, std::string_view frame);
  void take_corrupt(Subscriber& subscriber, std::string_view payload);
  std::size_t take_foreign(std::size_t index, std::string_view bytes);
  void deliver(Subscriber& subscriber, const Publication& publication);
  std::uint64_t deliver_alike(Subscriber& subscriber, std::uint64_t position, std::uint64_t most);
  void count_deliveries(const Publication& publication, std::uint64_t count);
  void advance_past(Subscriber& subscriber, std::uint32_t publisher, std::uint64_t sequence);
  bool out_of_order(Subscriber& subscriber, const Publication& publication);
  void settle(TopicStream& topic, std::uint32_t publisher, std::uint64_t sequence);
  void told_complete(const TopicStream& topic, std::uint32_t publisher);
  std::uint32_t number_of(const TopicStream& topic, std::uint32_t publisher) const {
    return topic.topic() + publisher * plan_.pubsub.topics;
  }

  using Missing = std::tuple<const Subscriber*, std::uint32_t, std::uint64_t>;  // publisher, sequence

  const Plan& plan_;
  const PubsubProtocol& protocol_;
  PayloadForm form_;
  MessageSizes sizes_;
  bool paced_;
  std::size_t thread_;
  Engine& engine_;
  PubsubShared& shared_;
  std::size_t first_connection_;
  std::vector<std::unique_ptr<TopicStream>> topics_;
  std::vector<Subscriber> subscribers_;
  std::vector<std::uint64_t> expected_;  // next sequence, for each subscriber and publisher of its topic
  std::set<Missing> missing_;            // skipped so far: lost, unless they still come
  std::vector<std::uint32_t> advanced_;
  std::vector<std::uint32_t> taken_;
  std::vector<char> is_advanced_;
  Push push_;         // reused
  std::string owed_;  // reused: what the messages of one read want sent back
  std::int64_t now_ = 0;
  Outgoing outgoing_;
  Acknowledgements acknowledgements_;  // used where the plan says "confirm"
};

}  // namespace threadmill::load
