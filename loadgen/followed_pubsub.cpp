#include "loadgen/followed_pubsub.h"

#include <algorithm>
#include <span>

#include "os/clock.h"

namespace threadmill::load {
namespace {

constexpr std::size_t kFollowedInBytes = 128 << 10;

std::int64_t in_ns(double seconds) { return static_cast<std::int64_t>(seconds * 1e9); }

}  // namespace

FollowedPubsub::FollowedPubsub(const Plan& plan, Engine& engine)
    : run_(plan, engine),
      publishers_(run_),
      subscribers_(run_),
      links_(run_.unsent.size()),
      in_(std::max(kFollowedInBytes, std::size_t{plan.message_bytes} * 3 + (64 << 10))) {}

void FollowedPubsub::on_connected(std::size_t connection) {
  Link& link = links_[connection];
  run_.unsent[connection].clear();
  link.unread.clear();
  if (!is_publisher(connection)) return subscribers_.subscribe(subscriber_of(connection), link.was_ready);
  const auto greeting = publishers_.greeting(connection);
  if (!greeting.empty()) return run_.send(connection, greeting);
  run_.engine.ready(connection);
  link.was_ready = true;
  publishers_.publish_again(connection);
}

void FollowedPubsub::on_readable(std::size_t connection) {
  std::string& unread = links_[connection].unread;
  if (unread.size() >= in_.size()) {
    run_.engine.lose(connection, Loss::protocol, "the server sent a reply that is too long");
    return;
  }
  const std::size_t received = run_.engine.receive(connection, in_.data(), in_.size());
  if (received == 0) return;
  const std::int64_t now = os::monotonic_ns();
  std::span<char> fresh(in_.data(), received);
  const bool was_ready = run_.engine.is_ready(connection);
  if (was_ready && !is_publisher(connection))
    fresh = subscribers_.unchunked(subscriber_of(connection), fresh);
  unread.append(fresh.data(), fresh.size());
  if (!was_ready && !take_greeting(connection, unread)) return;
  if (is_publisher(connection)) {
    publishers_.take_answers(connection, unread, now);
  } else {
    subscribers_.take_pushes(subscriber_of(connection), unread, now);
  }
}

/// Whether the connection is ready now. A server that is there and not ready yet is asked again.
bool FollowedPubsub::take_greeting(std::size_t connection, std::string& bytes) {
  const bool publishes = is_publisher(connection);
  const Greeting greeting = publishes ? run_.protocol->read_publisher_greeting(bytes)
                                      : run_.protocol->read_subscriber_greeting(bytes);
  if (greeting.status == Greeting::Status::incomplete) return false;
  Link& link = links_[connection];
  if (greeting.status != Greeting::Status::confirmed) {
    const bool refused = greeting.status == Greeting::Status::refused;
    if (refused && !link.was_ready) run_.engine.totals().count_error(&Errors::server);
    run_.engine.lose(connection, refused && link.was_ready ? Loss::closed : Loss::protocol, greeting.reason);
    return false;
  }
  bytes.erase(0, greeting.bytes);
  run_.engine.ready(connection);
  link.was_ready = true;
  if (publishes) {
    publishers_.publish_again(connection);
  } else {
    subscribers_.take_confirmation(subscriber_of(connection), greeting, bytes);
  }
  return true;
}

void FollowedPubsub::begin(const Phase& phase) {
  const std::int64_t now = os::monotonic_ns();
  run_.begin(phase, now);
  if (!phase.warmup && run_.plan.absence.for_s > 0) absence_ = Absence::to_come;
  subscribers_.begin(now);
  publishers_.begin(now);
}

/// All subscribers leave together, and come back together.
void FollowedPubsub::keep_absence(std::int64_t now_ns) {
  if (absence_ == Absence::none) return;
  const auto& plan = run_.plan.absence;
  const std::int64_t from_ns = run_.phase.start_ns + in_ns(plan.from_s);
  const bool leaves = absence_ == Absence::to_come && now_ns >= from_ns;
  const bool returns = absence_ == Absence::under_way && now_ns >= from_ns + in_ns(plan.for_s);
  if (!leaves && !returns) return;
  absence_ = leaves ? Absence::under_way : Absence::none;
  for (std::size_t connection = publishers_.size(); connection < links_.size(); ++connection) {
    bool& hung_up = links_[connection].hung_up;
    if (returns && hung_up) run_.engine.reconnect(connection);
    hung_up = leaves && run_.engine.hang_up(connection);
  }
  run_.note_progress(now_ns);
}

std::int64_t FollowedPubsub::next_due_ns() const noexcept {
  std::int64_t next = publishers_.next_due_ns();
  if (absence_ != Absence::none) {
    const auto& plan = run_.plan.absence;
    const double until_s = plan.from_s + (absence_ == Absence::under_way ? plan.for_s : 0.0);
    next = std::min(next, run_.phase.start_ns + in_ns(until_s));
  }
  if (publishers_.sending()) return next;
  return std::min(next, run_.progress_ns + in_ns(run_.plan.stall_timeout_s));
}

void FollowedPubsub::on_due(std::int64_t now_ns) {
  keep_absence(now_ns);
  publishers_.on_due(now_ns);
}

/// Everything has arrived; or nothing has for so long that the rest is lost.
bool FollowedPubsub::finished() const {
  if (publishers_.sending() || absence_ == Absence::under_way) return false;
  if (in_flight() == 0 && run_.ledger.missing() == 0) return true;
  return os::monotonic_ns() - run_.progress_ns >= in_ns(run_.plan.stall_timeout_s);
}

void FollowedPubsub::close_books(bool) {
  run_.continuity.lost = run_.ledger.missing();
  publishers_.close_books();
  subscribers_.close_books();
  run_.engine.totals().continuity = run_.continuity;
}

}  // namespace threadmill::load
