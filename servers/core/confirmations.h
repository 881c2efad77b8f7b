#pragma once
// Which messages wait for their receivers' word that they have come, whole.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace threadmill::servers {

class Member;

/// A message is known by its checksum, which its sender tells and each receiver works out anew: so a
/// confirmation says "it has come" and "it is the same" at once. Of equal messages the oldest is confirmed
/// first that the receiver has not confirmed before. Bounded: the oldest of all is forgotten for a new one.
/// Used by one thread at a time.
class Confirmations {
 public:
  explicit Confirmations(std::size_t limit) : limit_(limit) {}

  /// `sender` wants to know how many of `receivers` have the message with that sum; it calls it `id`. `only`:
  /// where it went to one member, that one.
  void await(std::uint64_t sum, Member& sender, std::string_view id, std::size_t receivers,
             const Member* only = nullptr);

  /// How far a message is.
  struct Progress {
    Member* sender = nullptr;
    std::string id;
    std::size_t confirmed = 0;
    std::size_t receivers = 0;
  };
  /// `from` has a message with that sum. Nothing when none waits for its word.
  std::optional<Progress> confirm(std::uint64_t sum, const Member& from);

  /// Nobody is to be told for that sender any more.
  void forget(const Member& sender);

  std::size_t size() const { return size_; }

 private:
  using Number = std::uint64_t;
  struct Waiting {
    Number number = 0;  ///< in the order of await()
    Progress progress;
    const Member* only = nullptr;
    std::unordered_set<const Member*> confirmed_by{};
    bool waits_for(const Member& from) const;
  };
  using BySum = std::unordered_map<std::uint64_t, std::deque<Waiting>>;
  void erase(BySum::iterator found, std::deque<Waiting>::iterator waiting);
  void forget_oldest();

  std::size_t limit_;
  std::size_t size_ = 0;
  Number next_ = 0;
  BySum by_sum_;
  std::unordered_map<const Member*, std::size_t> awaited_by_;  ///< messages that each sender waits for
  std::deque<std::pair<Number, std::uint64_t>> order_;         ///< with their sums; some are done already
};

}  // namespace threadmill::servers
