#pragma once
// What one generator thread knows of a topic: the publications that came, and how far its subscribers are.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace threadmill::load {

/// A publication that was received and checked. `publisher` counts within the topic.
struct Publication {
  std::uint32_t publisher = 0;
  std::uint64_t sequence = 0;
  std::int64_t sent_ns = 0;
};

/// The name of topic number `topic` on the wire.
std::string topic_name(std::uint32_t topic);

/// The pushes of one topic in the order in which they were first received: each is parsed and checked once,
/// and then other subscribers' bytes need only be compared with it. A ring that keeps at least everything in
/// flight. Also counts, for each publisher, how many of its messages every subscriber of this thread has.
class TopicStream {
 public:
  /// `window`: messages of a publisher that can be in flight.
  TopicStream(std::uint32_t topic, std::uint32_t message_bytes, std::uint32_t publishers,
              std::uint32_t window);

  std::uint32_t topic() const noexcept { return topic_; }
  std::uint32_t publishers() const noexcept { return publishers_; }

  /// Bytes of one push: "message", the topic's name, a payload of message_bytes.
  std::size_t frame_bytes() const noexcept { return frame_bytes_; }
  /// What stands before the payload in each push; behind it stands CR LF.
  std::string_view header() const noexcept { return header_; }

  // The stream. Positions count all pushes ever appended.

  std::uint64_t end() const noexcept { return end_; }
  std::uint64_t first() const noexcept { return end_ > slots_ ? end_ - slots_ : 0; }
  const Publication& at(std::uint64_t position) const noexcept {
    return publications_[position & (slots_ - 1)];
  }
  const char* bytes_at(std::uint64_t position) const noexcept {
    return bytes_.data() + (position & (slots_ - 1)) * frame_bytes_;
  }
  /// How many pushes from `position` on lie one behind the other in memory; at most up to end().
  std::uint64_t contiguous(std::uint64_t position) const noexcept {
    return std::min(end_ - position, slots_ - (position & (slots_ - 1)));
  }
  /// Adds a push of frame_bytes() that was checked and is within its publisher's window.
  void append(const char* frame, const Publication& publication);
  /// Where a publication within its publisher's window stands; nothing if it has not come yet or was
  /// overwritten.
  std::optional<std::uint64_t> find(const Publication& publication) const noexcept;

  // The subscribers' progress.

  void add_subscriber() noexcept { ++subscribers_; }
  std::uint32_t subscribers() const noexcept { return subscribers_; }
  /// Every sequence below this was received (or given up) by all subscribers.
  std::uint64_t complete(std::uint32_t publisher) const noexcept { return complete_[publisher]; }
  /// Whether the publisher can have sent this sequence, with what is complete so far.
  bool may_be_in_flight(std::uint32_t publisher, std::uint64_t sequence) const noexcept {
    return sequence - complete_[publisher] < ring_;
  }
  /// One more subscriber has this message. True when complete() has grown by it. It must be in flight.
  bool settle(std::uint32_t publisher, std::uint64_t sequence) noexcept {
    Flight& flight = flight_of(publisher, sequence);
    return ++flight.received == subscribers_ && sequence == complete_[publisher] && advance(publisher);
  }

 private:
  struct Flight {
    std::uint64_t position = 0;  // in the stream, plus 1; 0: not there
    std::uint32_t received = 0;
  };
  Flight& flight_of(std::uint32_t publisher, std::uint64_t sequence) noexcept {
    return flights_[publisher * ring_ + (sequence & (ring_ - 1))];
  }
  bool advance(std::uint32_t publisher) noexcept;

  std::uint32_t topic_;
  std::uint32_t publishers_;
  std::string header_;
  std::size_t frame_bytes_;
  std::uint64_t ring_;   // messages of a publisher that are kept track of: its window, as a power of two
  std::uint64_t slots_;  // a power of two
  std::vector<char> bytes_;
  std::vector<Publication> publications_;
  std::uint64_t end_ = 0;
  std::vector<Flight> flights_;
  std::vector<std::uint64_t> complete_;
  std::uint32_t subscribers_ = 0;
};

}  // namespace threadmill::load
