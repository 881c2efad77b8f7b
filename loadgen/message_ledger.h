#pragma once
// Which messages were confirmed, and which of them have reached whom.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace threadmill::load {

/// An account of every single message, where clients may lose their connection and a message may be published
/// again: what the fast driver, which forgets what is complete, cannot give. Numbers are those of the whole
/// run; a publisher has one topic, and each subscriber of that topic is to receive each of its messages. Pure
/// bookkeeping, used by one thread. A few bytes for each message, and one for each of its receivers.
class MessageLedger {
 public:
  /// The topic of each publisher, and of each subscriber.
  MessageLedger(std::vector<std::uint32_t> publisher_topics, std::vector<std::uint32_t> subscriber_topics);

  /// A publisher begins to publish a message; its sequence counts from 0.
  std::uint64_t begin(std::uint32_t publisher, std::int64_t now_ns);
  /// The server has answered for it. Once for each message.
  void confirm(std::uint32_t publisher, std::uint64_t sequence);

  enum class Arrival {
    first,
    repeated,   ///< that subscriber had it already
    reordered,  ///< for the first time, and after a later one of the same publisher
    unknown,    ///< nobody has sent it, or not to that subscriber
  };
  Arrival arrive(std::uint32_t subscriber, std::uint32_t publisher, std::uint64_t sequence);

  /// When the message was first published.
  std::int64_t begun_ns(std::uint32_t publisher, std::uint64_t sequence) const {
    return publishers_[publisher].messages[sequence].begun_ns;
  }

  std::uint64_t begun() const noexcept { return begun_; }
  std::uint64_t confirmed() const noexcept { return confirmed_; }
  /// Receptions that are still to come: of messages that are confirmed. In the end they are lost.
  std::uint64_t missing() const noexcept { return missing_; }
  /// How many bytes the account takes, roughly.
  std::size_t size_bytes() const noexcept;

 private:
  struct Message {
    std::int64_t begun_ns = 0;
    std::uint32_t receivers = 0;
    bool confirmed = false;
  };
  struct Publisher {
    std::uint32_t topic = 0;
    std::uint32_t subscribers = 0;
    std::vector<Message> messages;
  };
  /// What one subscriber has of one publisher.
  struct Received {
    std::vector<bool> has;
    std::uint64_t end = 0;  // one behind the latest
  };
  Received& received(std::uint32_t subscriber, std::uint32_t publisher) {
    return received_[std::size_t{subscriber} * publishers_.size() + publisher];
  }

  std::vector<Publisher> publishers_;
  std::vector<std::uint32_t> subscriber_topics_;
  std::vector<Received> received_;
  std::uint64_t begun_ = 0;
  std::uint64_t confirmed_ = 0;
  std::uint64_t missing_ = 0;
  std::uint64_t receptions_due_ = 0;  // of all that was begun
};

}  // namespace threadmill::load
