#include "servers/cluster/log_writer.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace threadmill::servers {

void LogWriter::add(TopicDeed deed, DeedWaiter* waiter, Member& member, std::int64_t now_ns) {
  const std::int64_t due_ns = now_ns + std::chrono::nanoseconds(bounds_.confirm_within).count();
  waiting_.push_back({std::move(deed), waiter, &member, due_ns});
}

void LogWriter::forget(DeedWaiter& waiter) {
  const auto forget_in = [&](auto& deeds) {
    for (auto& pending : deeds) {
      if (pending.waiter == &waiter) pending.waiter = nullptr;
    }
  };
  forget_in(waiting_);
  if (flight_) forget_in(flight_->deeds);
}

void LogWriter::send(std::int64_t now_ns) {
  if (flight_ || waiting_.empty()) return;
  flight_.emplace();
  flight_->number = ++last_number_;
  fill(*flight_);
  attempt(now_ns);
}

void LogWriter::fill(EntryUnderWay& flight) {
  std::size_t bytes = kEntryFrontBytes;
  std::size_t count = 0;
  while (count < waiting_.size() && count < kMostDeedsInEntry) {
    const std::size_t more = encoded_bytes(waiting_[count].deed);
    if (count > 0 && bytes + more > bounds_.entry_bytes) break;
    bytes += more;
    ++count;
  }
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
  flight.bytes = begin_entry(writer_, flight.number, bytes);
  for (auto pending = waiting_.begin(); pending != end; ++pending) append_deed(flight.bytes, pending->deed);
  flight.deeds.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
}

void LogWriter::attempt(std::int64_t now_ns) {
  flight_->sent_ns = now_ns;
  flight_->refused = false;
  log_.append(fmt::format("{:016x}-{}", writer_, flight_->number), flight_->bytes);
}

void LogWriter::send_again(std::int64_t now_ns) {
  if (!flight_) return;
  const std::int64_t again_ns = flight_->sent_ns + std::chrono::nanoseconds(bounds_.again_after).count();
  if (!flight_->refused && now_ns < again_ns) return;
  ++retries_;
  attempt(now_ns);
}

void LogWriter::on_refusal(std::string reason) {
  last_reason_ = std::move(reason);
  if (flight_) flight_->refused = true;
}

std::vector<PendingDeed> LogWriter::confirm(std::uint64_t number) {
  if (!flight_ || flight_->number != number) return {};
  last_reason_.clear();
  return std::exchange(flight_, std::nullopt)->deeds;
}

std::vector<PendingDeed> LogWriter::give_up(std::int64_t now_ns) {
  std::vector<PendingDeed> given_up;
  // Its first deed is its oldest: an entry is given up as a whole.
  if (flight_ && flight_->deeds.front().due_ns <= now_ns) {
    given_up = std::exchange(flight_, std::nullopt)->deeds;
  }
  if (flight_) return given_up;
  while (!waiting_.empty() && waiting_.front().due_ns <= now_ns) {
    given_up.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return given_up;
}

std::string LogWriter::why_given_up() const {
  return fmt::format("the cluster's log did not confirm this within {} s{}; it may still happen",
                     std::chrono::duration_cast<std::chrono::seconds>(bounds_.confirm_within).count(),
                     last_reason_.empty() ? "" : fmt::format(" ({})", last_reason_));
}

}  // namespace threadmill::servers
