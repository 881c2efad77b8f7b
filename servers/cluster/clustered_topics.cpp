#include "servers/cluster/clustered_topics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "os/clock.h"
#include "servers/core/channel.h"

namespace threadmill::servers {
namespace {

// Of each server process that ever wrote, sixteen bytes: more than any cluster starts in the life of one.
constexpr std::size_t kMostWriters = 1 << 16;

/// Longer entries than the log takes would never be stored.
WriterBounds bounds_for(const ReplicatedLog& log) {
  WriterBounds bounds;
  bounds.entry_bytes = std::min(bounds.entry_bytes, log.entry_limit_bytes());
  return bounds;
}

}  // namespace

ClusteredTopics::ClusteredTopics(ReplicatedLog& log, std::uint64_t writer, Fanout& topics,
                                 EventHistory* history, Resume resume)
    : log_(log),
      topics_(topics),
      history_(history),
      resume_(std::move(resume)),
      writer_(log, writer, bounds_for(log)),
      reader_(log, log.last_sequence(),
              [this](std::uint64_t sequence, std::string_view bytes) { on_entry(sequence, bytes); }) {}

void ClusteredTopics::append(TopicDeed deed, DeedWaiter* waiter, Member& self) {
  writer_.add(std::move(deed), waiter, self, os::monotonic_ns());
}

void ClusteredTopics::take_news() {
  const std::int64_t now_ns = os::monotonic_ns();
  for (auto& news : log_.take_news()) {
    if (news.kind == LogNews::Kind::repeated) {
      ++counts_.recognised;
    } else if (news.kind == LogNews::Kind::refused && news.asked == 0) {
      writer_.on_refusal(std::move(news.text));
    } else {
      reader_.take(std::move(news), now_ns);
    }
  }
  say_lost();
  resume_told();
}

void ClusteredTopics::send() { writer_.send(os::monotonic_ns()); }

void ClusteredTopics::tick() {
  const std::int64_t now_ns = os::monotonic_ns();
  give_up();
  writer_.send_again(now_ns);
  writer_.send(now_ns);
  reader_.look(now_ns);
  resume_told();
}

void ClusteredTopics::on_entry(std::uint64_t sequence, std::string_view bytes) {
  ++counts_.entries;
  const auto entry = decode_entry(bytes);
  if (!entry) {
    ++counts_.foreign;
  } else if (is_repeated(*entry)) {
    ++counts_.repeated;
  } else {
    perform_all(sequence, *entry);
  }
}

bool ClusteredTopics::is_repeated(const LogEntry& entry) {
  if (latest_.size() >= kMostWriters) latest_.clear();
  auto& latest = latest_[entry.writer];
  if (entry.number <= latest) return true;
  latest = entry.number;
  return false;
}

void ClusteredTopics::perform_all(std::uint64_t sequence, const LogEntry& entry) {
  const auto pending =
      entry.writer == writer_.id() ? writer_.confirm(entry.number) : std::vector<PendingDeed>();
  for (std::size_t i = 0; i < entry.deeds.size(); ++i) {
    if (history_ != nullptr) history_->skip_to(event_number(sequence, i));
    const auto outcome = perform(entry.deeds[i], topics_, history_);
    if (i < pending.size()) tell(pending[i], outcome);
  }
}

void ClusteredTopics::tell(const PendingDeed& pending, const DeedOutcome& outcome) {
  if (pending.waiter == nullptr) return;
  pending.waiter->on_outcome(pending.deed, outcome);
  told_.push_back(pending.member);
}

void ClusteredTopics::resume_told() {
  if (told_.empty()) return;
  auto members = std::exchange(told_, {});
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  for (Member* member : members) resume_(*member);
}

void ClusteredTopics::give_up() {
  DeedOutcome refusal;
  for (const auto& pending : writer_.give_up(os::monotonic_ns())) {
    if (refusal.error.empty()) refusal.error = writer_.why_given_up();
    ++counts_.refused;
    tell(pending, refusal);
  }
}

void ClusteredTopics::say_lost() {
  if (reader_.lost() == lost_said_) return;
  fmt::print(stderr,
             "threadmill-server: the cluster's log no longer has {} entries that this server missed; its "
             "subscribers did not get them\n",
             reader_.lost() - lost_said_);
  lost_said_ = reader_.lost();
}

std::shared_ptr<EventHistory> history_numbered_by(const ReplicatedLog& log) {
  auto history = std::make_shared<EventHistory>(HistoryLimits{}, log.name());
  history->skip_to(event_number(log.last_sequence() + 1, 0));
  return history;
}

std::size_t longest_request(std::size_t entry_limit_bytes) {
  const std::size_t beside = kEntryFrontBytes + encoded_bytes(TopicDeed{}) + kMostTopicBytes;
  return entry_limit_bytes > beside ? entry_limit_bytes - beside : 0;
}

LogCounts ClusteredTopics::counts() const {
  LogCounts counts = counts_;
  counts.fetched = reader_.fetched();
  counts.lost = reader_.lost();
  counts.retries = writer_.retries();
  return counts;
}

}  // namespace threadmill::servers
