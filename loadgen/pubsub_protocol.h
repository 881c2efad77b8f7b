#pragma once
// What a publish/subscribe protocol puts on the wire, and what it reads there. No I/O.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/plan.h"

namespace threadmill::load {

// Both are written into commands that were prepared, so they are always as long.
inline constexpr std::size_t kConfirmIdDigits = 20;
inline constexpr std::size_t kConfirmSumDigits = 16;

/// A whole publication of one message size. Its payload is written anew for each message.
struct PublishCommand {
  std::string bytes;
  std::size_t payload_at = 0;
  std::size_t id_at = 0;   ///< where the plan says "confirm": of the sequence, kConfirmIdDigits
  std::size_t sum_at = 0;  ///< where the plan says "confirm": of the payload's sum, kConfirmSumDigits
};

/// What a push of one payload size looks like, in a protocol in which all of them look alike.
struct PushShape {
  std::string header{};   ///< what stands before the payload
  std::string trailer{};  ///< what stands behind it
  std::size_t frame_bytes = 0;
  std::uint32_t payload_bytes = 0;
};

/// What a server says before a connection can carry load.
struct Greeting {
  enum class Status {
    incomplete,
    confirmed,
    refused,    ///< an error of the protocol: the server could or would not
    malformed,  ///< not the protocol
  };
  Status status = Status::incomplete;
  std::size_t bytes = 0;  ///< confirmed: of the greeting; pushes follow
  bool chunked = false;   ///< what follows is in chunks (RFC 9112, section 7.1)
  std::string reason{};   ///< refused or malformed: for a message to the user
};

/// What a server says to a publisher.
struct Answer {
  static constexpr std::int64_t kNotTold = std::numeric_limits<std::int64_t>::min();
  enum class Kind {
    taken,
    refused,
    confirmed,  ///< so many `receivers` have the message `sequence` whole
    asks,       ///< it wants `text` back, to know that we are there
    complains,  ///< an error, with `text`, that answers no message
    malformed,  ///< nobody can tell where the next one begins
  };
  Kind kind = Kind::taken;
  std::int64_t receivers = kNotTold;  ///< of what was taken or confirmed
  std::uint64_t sequence = 0;         ///< confirmed: as PublishCommand::id_at said
  /// Taken or refused, of servers that number their answers: which message of this connection, from 1, and
  /// perhaps in another order than they were sent. 0: the oldest one without an answer.
  std::uint64_t number = 0;
  bool and_before = false;  ///< with a number: and all before it that have no answer yet
  std::string text{};       ///< refused, complains, malformed: why
};

/// What a server says to a subscriber.
struct Push {
  enum class Kind {
    incomplete,
    message,       ///< once it has been taken, the protocol wants `text` back, unless that is empty
    kept,          ///< `payloads` of messages that were said while the subscriber was away, oldest first
    acknowledged,  ///< the reply to an ACK: it knew `known_sums`
    nothing,       ///< it keeps the connection alive, or tells what we need not know
    asks,          ///< it wants `text` back, to know that we are there
    refused,       ///< an error, with `text`
    malformed,     ///< nobody can tell where the next one begins; `text` says why
  };
  Kind kind = Kind::incomplete;
  std::size_t bytes = 0;  ///< of all of it, unless incomplete or malformed
  std::int64_t known_sums = 0;
  std::string topic;                    ///< message
  std::string payload;                  ///< message
  std::vector<std::string> payloads{};  ///< kept
  /// Message: what is to be sent back once it was taken, if anything; whose deliveries are then never
  /// compared with others', but each read by itself.
  std::string text;
  bool text_covers_earlier = false;  ///< message: its `text` stands for those of earlier messages, too
};

/// Stateless, so that all connections of a thread share one. Called once for each read of a publisher; of a
/// subscriber for what it is the first to receive, and not for what others have received already.
class PubsubProtocol {
 public:
  virtual ~PubsubProtocol() = default;

  /// As messages call it: "RESP2".
  virtual std::string_view name() const = 0;
  /// What publishes: "PUBLISH".
  virtual std::string_view publish_word() const = 0;
  /// Whether payloads have to be printable ASCII.
  virtual bool text_only() const { return false; }
  /// Whether the publishers of a topic are among its receivers, but for the one that publishes.
  virtual bool publishers_hear_one_another() const { return false; }

  /// What a new publisher says first; empty: it may publish at once. `number`: of the publisher in the run.
  virtual std::string publisher_greeting(std::uint32_t /*number*/, std::string_view /*topic*/) const {
    return {};
  }
  virtual Greeting read_publisher_greeting(std::string_view /*bytes*/) const { return {}; }
  virtual PublishCommand publish_command(std::string_view topic, std::string_view payload) const = 0;
  /// Adds every whole answer at the start of `bytes` to `answers`, up to the first malformed one. Returns how
  /// many bytes they took.
  virtual std::size_t read_answers(std::string_view bytes, std::vector<Answer>& answers) const = 0;

  /// `number`: of the subscriber in the run.
  virtual std::string subscribe_command(std::uint32_t number, std::string_view topic) const = 0;
  virtual Greeting read_subscriber_greeting(std::string_view bytes) const = 0;
  /// What a subscriber says who was away: it may ask for what it missed.
  virtual std::string return_command(std::uint32_t number, std::string_view topic) const {
    return subscribe_command(number, topic);
  }
  /// Nothing where pushes of equal payloads can differ in length.
  virtual std::optional<PushShape> push_shape(std::string_view topic, std::uint32_t payload_bytes) const = 0;
  /// A push is rarely longer than this.
  virtual std::size_t most_push_bytes(std::string_view topic, std::uint32_t payload_bytes) const = 0;
  /// Reads what stands at the start of `bytes`, whatever it is. `push` is reused.
  virtual void read_push(std::string_view bytes, std::size_t most_payload_bytes, Push& push) const = 0;
};

/// RESP2, as Redis speaks it: SUBSCRIBE and PUBLISH.
std::unique_ptr<PubsubProtocol> resp_pubsub();

/// RESP2 as our servers speak it: each PUBLISH in a CONFIRM, each message acknowledged by its receivers
/// (ACK).
std::unique_ptr<PubsubProtocol> confirmed_resp_pubsub();

/// HTTP/1.1: POST /topics/TOPIC/messages publishes {"data": TEXT}; GET /events?topic=TOPIC receives
/// {"topic": TOPIC, "data": TEXT} as Server-Sent Events.
std::unique_ptr<PubsubProtocol> sse_pubsub(const Target& target);

/// The text protocol of NATS: SUB and PUB. The server acknowledges each PUB ("verbose").
std::unique_ptr<PubsubProtocol> nats_pubsub();

/// What a room of our lobby takes at once, by default (LobbyLimits::text_bytes).
inline constexpr std::uint32_t kMostRoomTextBytes = 4096;

/// RESP2 as our servers speak it: each topic is a room, which all JOIN; publishers SAY.
std::unique_ptr<PubsubProtocol> room_pubsub();

/// Whether this build has librabbitmq, and so amqp_pubsub().
bool has_amqp();

/// A message of AMQP is one frame: what RabbitMQ takes by default, less what stands around it.
inline constexpr std::uint32_t kMostAmqpMessageBytes = (128 << 10) - 8;

/// AMQP 0-9-1, as RabbitMQ speaks it: each topic is a key of one durable exchange, each subscriber has a
/// durable quorum queue of its own, which outlives its `absence`, and acknowledges; the broker confirms each
/// publication. As guest, without heartbeats. Throws std::runtime_error, naming the package, where this build
/// has no librabbitmq.
std::unique_ptr<PubsubProtocol> amqp_pubsub(const Absence& absence = {});

/// Whether payloads have to be printable ASCII.
bool is_text_only(PubsubWire protocol);

/// The plan's.
std::unique_ptr<PubsubProtocol> make_pubsub_protocol(const Plan& plan);

}  // namespace threadmill::load
