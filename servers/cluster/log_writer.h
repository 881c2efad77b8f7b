#pragma once
// How a server's deeds get into the log: many in one entry, one entry at a time.

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "servers/cluster/log_counts.h"
#include "servers/cluster/log_entry.h"
#include "servers/cluster/replicated_log.h"
#include "servers/core/topic_log.h"

namespace threadmill::servers {

struct WriterBounds {
  std::size_t entry_bytes = 256 << 10;  ///< an entry grows up to here; one deed alone may be longer
  /// After so long without a word an entry is sent again, with the same id.
  std::chrono::milliseconds again_after{500};
  /// What the log has not confirmed by then is given up, and its clients are told: longer than servers of the
  /// log take to choose a new leader (NATS: 4 to 9 s).
  std::chrono::milliseconds confirm_within{15'000};
};

/// A deed on its way, and who waits for it.
struct PendingDeed {
  TopicDeed deed;
  DeedWaiter* waiter = nullptr;  ///< null: nobody, or no longer
  Member* member = nullptr;      ///< whose session the waiter is
  std::int64_t due_ns = 0;       ///< when it is given up
};

/// An entry that the log has been given and has not handed back.
struct EntryUnderWay {
  std::uint64_t number = 0;
  std::string bytes;
  std::vector<PendingDeed> deeds;
  std::int64_t sent_ns = 0;
  bool refused = false;
};

/// While an entry is under way all that comes waits for the next one: so a server's deeds stay in their order
/// whatever has to be sent again, and the slower the log, the longer its entries. Used by one thread; time is
/// told by os::monotonic_ns().
class LogWriter {
 public:
  /// `writer` is another for each server process.
  LogWriter(ReplicatedLog& log, std::uint64_t writer, const WriterBounds& bounds = {})
      : log_(log), writer_(writer), bounds_(bounds) {}

  std::uint64_t id() const { return writer_; }
  void add(TopicDeed deed, DeedWaiter* waiter, Member& member, std::int64_t now_ns);
  void forget(DeedWaiter& waiter);

  /// Sends what waits, unless an entry is under way.
  void send(std::int64_t now_ns);
  /// Sends the entry under way again, where it is time.
  void send_again(std::int64_t now_ns);
  /// The log does not take the entry under way now.
  void on_refusal(std::string reason);

  /// The entry of this number came out of the log: its deeds, with who waits for them. None, if it is not the
  /// one under way: then it had been given up.
  std::vector<PendingDeed> confirm(std::uint64_t number);
  /// What has waited too long.
  std::vector<PendingDeed> give_up(std::int64_t now_ns);
  /// Why, as a sentence.
  std::string why_given_up() const;

  std::uint64_t retries() const { return retries_; }

 private:
  /// Moves what fits from `waiting_` into the entry.
  void fill(EntryUnderWay& flight);
  void attempt(std::int64_t now_ns);

  ReplicatedLog& log_;
  const std::uint64_t writer_;
  const WriterBounds bounds_;
  std::deque<PendingDeed> waiting_;
  std::optional<EntryUnderWay> flight_;
  std::uint64_t last_number_ = 0;
  std::uint64_t retries_ = 0;
  std::string last_reason_;  ///< of a refusal since an entry was confirmed
};

}  // namespace threadmill::servers
