#pragma once
// Every request that the reference server answered, with the kernel's timestamps.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "loadgen/histogram.h"

namespace threadmill::load::reference {

/// When a request came, by the kernel's stamp of its last byte.
struct Arrival {
  std::int64_t stamp_ns = 0;  ///< CLOCK_REALTIME; 0: the kernel gave none
  bool shared_stamp = false;  ///< the request before it on the connection has the same
};

/// What the log knows of the requests that arrived in a window.
struct Truth {
  std::uint64_t requests = 0;
  std::uint64_t without_reply_stamp = 0;  ///< of these, still unanswered or never stamped: not in `latency`
  std::uint64_t shared_stamps = 0;        ///< of these, those whose arrival may be stamped too late
  std::uint64_t early = 0;  ///< of these, answered before their time was up: none, or stamps are mixed up
  Histogram latency;        ///< stamp of the reply less stamp of the request
  Histogram asked;          ///< the service times given to the same requests
  bool operator==(const Truth&) const = default;
};

/// Bounded: what does not fit is counted and otherwise forgotten. Used by one thread.
class RequestLog {
 public:
  /// Where a request stands in the log; kNone: it does not.
  using Entry = std::uint32_t;
  static constexpr Entry kNone = 0xffff'ffff;

  /// Takes address space for `most` requests (24 bytes each) at once, and memory as they come, so that no
  /// request waits for the log to grow. most < kNone.
  explicit RequestLog(std::size_t most) : most_(most) { records_.reserve(most); }

  Entry add(const Arrival& arrival, std::int64_t asked_ns);
  void set_reply_stamp(Entry entry, std::int64_t stamp_ns) {
    if (entry != kNone) records_[entry].reply_ns = stamp_ns;
  }

  /// Over the requests stamped in [start_ns, end_ns] of CLOCK_REALTIME.
  Truth between(std::int64_t start_ns, std::int64_t end_ns) const;

  std::uint64_t not_logged() const { return not_logged_; }
  std::uint64_t without_arrival_stamp() const { return without_arrival_stamp_; }

 private:
  struct Record {
    std::int64_t arrival_ns;
    std::int64_t reply_ns;  ///< 0: not known (yet)
    std::uint64_t asked_ns : 63;
    std::uint64_t shared_stamp : 1;
  };
  static void count(const Record& record, Truth& truth);

  std::size_t most_;
  std::vector<Record> records_;
  std::uint64_t not_logged_ = 0;
  std::uint64_t without_arrival_stamp_ = 0;
};

}  // namespace threadmill::load::reference
