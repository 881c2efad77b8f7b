#pragma once
// What subscribers say of what they have received, where a plan says "confirm".

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "loadgen/outgoing.h"

namespace threadmill::load {

/// Each subscriber works out the checksum of each payload anew and sends it in an ACK, those of one read
/// together. The server knows the sums that publishers have told: so it is the judge of what has arrived
/// whole.
class Acknowledgements {
 public:
  Acknowledgements(std::size_t subscribers, Outgoing& outgoing)
      : outgoing_(outgoing), subscribers_(subscribers) {}

  /// Subscriber `index` has received that.
  void note(std::size_t index, std::span<const char> payload);
  /// Sends what was noted.
  void send(std::size_t index);
  /// The reply to the oldest ACK: how many of its sums the server does not know, or by how many it
  /// claims to know more. Nothing was asked for a
  /// reply to no ACK: it counts as one.
  std::uint64_t unknown(std::size_t index, std::int64_t known);

 private:
  struct Subscriber {
    std::vector<std::uint64_t> noted;
    std::deque<std::size_t> asked;  ///< sums in each ACK that has no reply yet
  };

  Outgoing& outgoing_;
  std::string words_;  // reused
  std::vector<Subscriber> subscribers_;
};

}  // namespace threadmill::load
