#pragma once
// What the threads of a publish/subscribe run share: how far each publisher's messages have come.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "loadgen/plan.h"

namespace threadmill::load {

class RecordFile;

/// Every member function from any thread. No locks: each counter has one writer.
class PubsubShared {
 public:
  static constexpr std::uint64_t kNoSubscribers = std::numeric_limits<std::uint64_t>::max();

  /// `record` may be null; it outlives this.
  explicit PubsubShared(const Plan& plan, RecordFile* record = nullptr)
      : record_(record),
        publishers_(plan.pubsub.publishers),
        complete_(std::size_t{plan.threads} * publishers_),
        sent_(publishers_) {}

  RecordFile* record() const noexcept { return record_; }

  /// All subscribers in `thread` have the publisher's messages below `sequence`. Written by that thread.
  void set_complete(std::size_t thread, std::uint32_t publisher, std::uint64_t sequence) noexcept {
    complete_[thread * publishers_ + publisher].value.store(sequence, std::memory_order_release);
  }
  std::uint64_t complete(std::size_t thread, std::uint32_t publisher) const noexcept {
    return complete_[thread * publishers_ + publisher].value.load(std::memory_order_acquire);
  }

  /// Messages that a publisher has sent. Written by its thread.
  void set_sent(std::uint32_t publisher, std::uint64_t messages) noexcept {
    sent_[publisher].store(messages, std::memory_order_release);
  }
  std::uint64_t sent(std::uint32_t publisher) const noexcept {
    return sent_[publisher].load(std::memory_order_acquire);
  }

  /// Every subscriber, in whichever thread, has all that was sent so far.
  bool all_delivered() const noexcept {
    for (std::uint32_t publisher = 0; publisher < publishers_; ++publisher) {
      const std::uint64_t messages = sent(publisher);
      for (std::size_t at = publisher; at < complete_.size(); at += publishers_) {
        if (complete_[at].value.load(std::memory_order_acquire) < messages) return false;
      }
    }
    return true;
  }

  /// A publisher has sent all of phase number `phase` (from 1), and all of it has arrived. True for the last
  /// one.
  bool publisher_finished(std::uint64_t phase) noexcept {
    return finished_.fetch_add(1, std::memory_order_acq_rel) + 1 == phase * publishers_;
  }
  bool all_finished(std::uint64_t phase) const noexcept {
    return finished_.load(std::memory_order_acquire) >= phase * publishers_;
  }

 private:
  struct alignas(64) Counter {
    std::atomic<std::uint64_t> value{0};
  };
  RecordFile* record_;
  std::size_t publishers_;
  std::vector<Counter> complete_;
  std::vector<std::atomic<std::uint64_t>> sent_;
  std::atomic<std::uint64_t> finished_{
      0};  // publisher phases; never reset, so that no thread can be too early
};

}  // namespace threadmill::load
