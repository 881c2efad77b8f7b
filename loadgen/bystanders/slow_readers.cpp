#include "loadgen/bystanders/slow_readers.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <system_error>
#include <thread>

#include "os/clock.h"

namespace threadmill::load {
namespace {

constexpr int kTickMs = 100;
// Longer than it takes a kernel to find that there is room again (the first probe is after 200 ms).
constexpr std::int64_t kQuietNs = 300'000'000;
constexpr std::int64_t kMostFinishNs = 2'000'000'000;
constexpr std::uint64_t kMostAtOnce = 1 << 20;
constexpr std::size_t kRequestsBytes = 64 << 10;
constexpr std::uint32_t kLeastAskedPerSecond = 64 << 10;
constexpr std::uint32_t kMostAskedPerSecond = 1U << 30;

/// Several ticks' worth: over a real network the window, and not the pace, would else limit what is read.
ConnectOptions options_for(std::uint32_t bytes_per_s) {
  return {.receive_buffer_bytes = static_cast<int>(std::clamp(bytes_per_s / 4, 4096U, 1U << 20)),
          .segment_bytes = 1448};
}

/// Far more than is read even where the answer is half as long as the question, as that to PING is.
std::uint32_t asked_per_second(std::uint32_t read_per_second) {
  if (read_per_second >= kMostAskedPerSecond / 8) return kMostAskedPerSecond;
  return std::max(8 * read_per_second, kLeastAskedPerSecond);
}

std::string repeated(const std::string& request) {
  std::string all = request;
  while (!request.empty() && all.size() < kRequestsBytes) all += request;
  return all;
}

}  // namespace

SlowReaders::SlowReaders(const CrowdPlace& place, std::uint32_t size, std::uint32_t bytes_per_s,
                         const BystanderScript& script)
    : Crowd(place, size, options_for(bytes_per_s)),
      bytes_per_s_(bytes_per_s),
      greeting_(script.greeting),
      confirmation_(script.confirmation),
      requests_(size > 0 ? repeated(script.request) : std::string()),
      request_bytes_(script.request.size()),
      offset_(size),
      reading_(bytes_per_s, os::monotonic_ns()) {}

void SlowReaders::on_connected(std::uint32_t index) {
  if (greeting_.empty()) {
    start_reading(index);
    return;
  }
  watch(index, EPOLLIN);
  // A new connection has room for so little; if not, the confirmation never comes and that is reported.
  send(index, greeting_.data(), greeting_.size());
}

void SlowReaders::on_event(std::uint32_t index, std::uint32_t) {
  if (is_established(index)) {
    lose(index, "the server closed the connection");  // nothing else is watched for
  } else {
    read_confirmation(index);
  }
}

void SlowReaders::read_confirmation(std::uint32_t index) {
  std::array<char, 256> bytes;
  const std::string_view expected = std::string_view(confirmation_).substr(offset_[index]);
  const ssize_t got = ::recv(fd(index), bytes.data(), std::min(bytes.size(), expected.size()), MSG_DONTWAIT);
  if (got <= 0) {
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    lose(index, got == 0 ? "the server closed the connection" : std::generic_category().message(errno));
    return;
  }
  const std::string_view received(bytes.data(), static_cast<std::size_t>(got));
  if (!expected.starts_with(received)) {
    lose(index, "the server did not confirm: it answered '" + std::string(received) + "'");
    return;
  }
  offset_[index] += static_cast<std::uint32_t>(got);
  if (offset_[index] == confirmation_.size()) start_reading(index);
}

void SlowReaders::start_reading(std::uint32_t index) {
  offset_[index] = 0;
  establish(index);
  settle(index);
  watch(index, EPOLLRDHUP);  // not EPOLLIN: there will always be something to read
}

void SlowReaders::begin(std::int64_t now_ns) {
  if (request_bytes_ > 0) asking_.emplace(asked_per_second(bytes_per_s_), now_ns);
}

int SlowReaders::tick(std::int64_t now_ns) {
  if (size() == 0) return -1;
  if (now_ns < next_tick_ns_) return static_cast<int>((next_tick_ns_ - now_ns) / 1'000'000) + 1;
  next_tick_ns_ = now_ns + kTickMs * std::int64_t{1'000'000};
  const std::uint64_t to_read = reading_.take(now_ns);
  const std::uint64_t to_ask = asking_ ? asking_->take(now_ns) : 0;
  for (std::uint32_t index = 0; index < size(); ++index) {
    if (is_established(index)) discard(index, to_read);
    if (is_established(index)) ask(index, to_ask);
  }
  return kTickMs;
}

void SlowReaders::finish() {
  const std::int64_t end_ns = os::monotonic_ns() + kMostFinishNs;
  std::int64_t quiet_since_ns = os::monotonic_ns();
  while (counts().established > counts().dropped_by_server) {
    const std::int64_t now = os::monotonic_ns();
    if (now >= end_ns || now - quiet_since_ns >= kQuietNs) return;
    if (read_what_is_there()) {
      quiet_since_ns = now;
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
}

/// Whether there was any.
bool SlowReaders::read_what_is_there() {
  bool any = false;
  for (std::uint32_t index = 0; index < size(); ++index) {
    if (is_established(index)) any |= discard_uncounted(index, kMostAtOnce) > 0;
  }
  return any;
}

void SlowReaders::ask(std::uint32_t index, std::uint64_t most) {
  while (most > 0) {
    const std::uint32_t offset = offset_[index];
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(most, requests_.size() - offset));
    const std::size_t sent = send(index, requests_.data() + offset, size);
    offset_[index] = static_cast<std::uint32_t>((offset + sent) % request_bytes_);
    if (sent < size) return;
    most -= sent;
  }
}

}  // namespace threadmill::load
