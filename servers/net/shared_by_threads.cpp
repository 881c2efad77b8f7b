#include "servers/net/shared_by_threads.h"

namespace threadmill::servers {
namespace {

struct Unlock {
  explicit Unlock(std::mutex& m) : mutex(m) { mutex.unlock(); }
  ~Unlock() { mutex.lock(); }
  std::mutex& mutex;
};

}  // namespace

void UnlockedFanout::join(std::string_view topic, Member& member) {
  const Unlock unlock(mutex_);
  shared_.join(topic, member);
}

void UnlockedFanout::leave(std::string_view topic, Member& member) {
  const Unlock unlock(mutex_);
  shared_.leave(topic, member);
}

std::size_t UnlockedFanout::publish(std::string_view topic, Publication publication) {
  const Unlock unlock(mutex_);
  return shared_.publish(topic, std::move(publication));
}

std::size_t UnlockedFanout::member_count(std::string_view topic) {
  const Unlock unlock(mutex_);
  return shared_.member_count(topic);
}

std::vector<std::string> UnlockedFanout::topics() {
  const Unlock unlock(mutex_);
  return shared_.topics();
}

std::string UnlockedRooms::run(Member& member, std::span<const std::string_view> words) {
  batching_.flush();  // what was published before goes ahead
  const Unlock unlock(mutex_);
  const std::lock_guard lock(shared_.rooms_mutex);
  return shared_.rooms.lobby().run(member, words);
}

void UnlockedRooms::leave(Member& member, Departure how) {
  batching_.flush();
  const Unlock unlock(mutex_);
  const std::lock_guard lock(shared_.rooms_mutex);
  shared_.rooms.lobby().leave(member, how);
}

UnlockedSession::UnlockedSession(SharedByThreads& shared, Member& self, std::mutex& mutex)
    : batches_(shared.options.flush.kind == FlushKind::tick),
      unlocked_(shared.topics, mutex),
      batching_(unlocked_, batch_limit_bytes(shared.options)),
      rooms_(shared, mutex, batching_) {
  Fanout& fanout = batches_ ? static_cast<Fanout&>(batching_) : unlocked_;
  fanout.lead_to(rooms_);
  session_ = shared.service.open(fanout, self);
}

}  // namespace threadmill::servers
