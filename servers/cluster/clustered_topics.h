#pragma once
// The topics of several servers, as one log has them: each server does what the log says, in its order, for
// the subscribers that it has itself.

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "servers/cluster/log_counts.h"
#include "servers/cluster/log_reader.h"
#include "servers/cluster/log_writer.h"
#include "servers/core/topic_log.h"

namespace threadmill::servers {

/// A client's deed is answered when it has come back out of the log, which is when the log confirms it, and
/// was done here; or with an error, when it has not come in time (WriterBounds). An entry that is stored
/// twice is done once. Used by one thread.
class ClusteredTopics : public TopicLog {
 public:
  using Resume = std::function<void(Member&)>;

  /// All outlive it. `writer` is another for each server process; `history` as for publish_message().
  /// `resume` lets the session of a member go on (Session::waits()).
  ClusteredTopics(ReplicatedLog& log, std::uint64_t writer, Fanout& topics, EventHistory* history,
                  Resume resume);

  void append(TopicDeed deed, DeedWaiter* waiter, Member& self) override;
  void forget(DeedWaiter& waiter) override { writer_.forget(waiter); }

  /// The log has news (ReplicatedLog::fd()).
  void take_news();
  /// Where a turn of the loop ends: what it appended becomes an entry.
  void send();
  /// To be called every kTickPeriod.
  void tick();
  static constexpr std::chrono::milliseconds kTickPeriod{50};

  LogCounts counts() const;

 private:
  void on_entry(std::uint64_t sequence, std::string_view bytes);
  void perform_all(std::uint64_t sequence, const LogEntry& entry);
  /// Whether this entry of its writer was done already.
  bool is_repeated(const LogEntry& entry);
  void tell(const PendingDeed& pending, const DeedOutcome& outcome);
  void resume_told();
  void give_up();
  void say_lost();

  ReplicatedLog& log_;
  Fanout& topics_;
  EventHistory* const history_;
  const Resume resume_;
  LogWriter writer_;
  LogReader reader_;
  std::unordered_map<std::uint64_t, std::uint64_t> latest_;  ///< number of each writer's latest entry
  std::vector<Member*> told_;                                ///< to be resumed
  std::uint64_t lost_said_ = 0;
  LogCounts counts_;
};

/// Of a deed in an entry: ascending in the log's order, the same on all servers. Above it there is room for
/// one event.
constexpr std::uint64_t event_number(std::uint64_t sequence, std::size_t deed) {
  return sequence * (kMostDeedsInEntry + 1) + deed;
}

/// A history whose events have the same ids on all servers that read the log, so that a client which has lost
/// its server goes on at another. It begins now.
std::shared_ptr<EventHistory> history_numbered_by(const ReplicatedLog& log);

/// The longest request of a client whose deed fits into an entry.
std::size_t longest_request(std::size_t entry_limit_bytes);

}  // namespace threadmill::servers
