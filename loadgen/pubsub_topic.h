#pragma once
// What one generator thread knows of a topic: the publications that came, and how far its subscribers are.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/pubsub_protocol.h"

namespace threadmill::load {

/// A publication that was received and checked. `publisher` counts within the topic.
struct Publication {
  std::uint32_t publisher = 0;
  std::uint64_t sequence = 0;
  std::int64_t sent_ns = 0;
  std::int64_t intended_ns = 0;
};

/// The name of topic number `topic` on the wire.
std::string topic_name(std::uint32_t topic);

/// The pushes of one topic in the order in which they were first received: each is parsed and checked once,
/// and then other subscribers' bytes need only be compared with it. A ring that keeps at least everything in
/// flight. Also counts, for each publisher, how many of its messages every subscriber of this thread has.
class TopicStream {
 public:
  /// `shapes`: of pushes of each size of message, in their order; none where equal payloads can make pushes
  /// of different lengths. `most_push_bytes`: of the longest. `window`: messages of a publisher that can be
  /// in flight.
  TopicStream(std::uint32_t topic, std::vector<PushShape> shapes, std::size_t most_push_bytes,
              std::uint32_t publishers, std::uint32_t window);

  std::uint32_t topic() const noexcept { return topic_; }
  std::uint32_t publishers() const noexcept { return publishers_; }

  /// As they were given.
  std::span<const PushShape> shapes() const noexcept { return shapes_; }
  /// Whether all pushes have the same size. Then those of neighbouring positions lie one behind the other in
  /// memory, and many can be compared at once.
  bool uniform() const noexcept { return shapes_.size() == 1; }

  // The stream. Positions count all pushes ever appended.

  std::uint64_t end() const noexcept { return end_; }
  std::uint64_t first() const noexcept { return end_ > slots_ ? end_ - slots_ : 0; }
  const Publication& at(std::uint64_t position) const noexcept {
    return publications_[position & (slots_ - 1)];
  }
  const char* bytes_at(std::uint64_t position) const noexcept {
    return bytes_.data() + (position & (slots_ - 1)) * slot_bytes_;
  }
  std::size_t frame_bytes_at(std::uint64_t position) const noexcept {
    return uniform() ? slot_bytes_ : frame_bytes_[position & (slots_ - 1)];
  }
  /// How many pushes from `position` on lie one behind the other in memory, where uniform(); at most up to
  /// end().
  std::uint64_t contiguous(std::uint64_t position) const noexcept {
    return std::min(end_ - position, slots_ - (position & (slots_ - 1)));
  }
  /// How many of the `most` pushes from `position` on, at least one and perhaps not all there are, come from
  /// one publisher, one behind the other, and were sent with one call: but for their sequence they are alike.
  std::uint64_t alike(std::uint64_t position, std::uint64_t most) const noexcept {
    const std::uint64_t run = run_at(position);
    while (run_at(position + most - 1) != run) most /= 2;
    return most;
  }
  /// Adds a push that was checked and is within its publisher's window; one longer than most_push_bytes is
  /// not kept, and parsed for each subscriber.
  void append(std::string_view frame, const Publication& publication);
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
  /// The same of `count` messages from `sequence` on.
  bool settle(std::uint32_t publisher, std::uint64_t sequence, std::uint64_t count) noexcept {
    bool grown = false;
    for (std::uint64_t i = 0; i < count; ++i) grown |= settle(publisher, sequence + i);
    return grown;
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
  std::uint64_t run_at(std::uint64_t position) const noexcept { return runs_[position & (slots_ - 1)]; }
  bool continues(const Publication& publication) const noexcept;

  std::uint32_t topic_;
  std::uint32_t publishers_;
  std::vector<PushShape> shapes_;
  std::size_t slot_bytes_;  // of the longest frame
  std::uint64_t ring_;      // messages of a publisher that are kept track of: its window, as a power of two
  std::uint64_t slots_;     // a power of two
  std::vector<char> bytes_;
  std::vector<std::uint32_t> frame_bytes_;  // in each slot, where not uniform
  std::vector<Publication> publications_;
  std::vector<std::uint64_t> runs_;  // where the pushes that are alike begin, of each slot
  std::uint64_t end_ = 0;
  std::vector<Flight> flights_;
  std::vector<std::uint64_t> complete_;
  std::uint32_t subscribers_ = 0;
};

}  // namespace threadmill::load
