#include "loadgen/bystanders/half_open.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <stdexcept>

#include "loadgen/bystanders/vanish.h"

namespace threadmill::load {
namespace {

constexpr int kRecheckMs = 1;

/// Acknowledges what was received, now: the server would send it again later, and find that nobody is there.
void acknowledge(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

}  // namespace

HalfOpen::HalfOpen(const CrowdPlace& place, std::uint32_t size, const BystanderScript& script)
    : Crowd(place, size),
      half_request_(script.half_request),
      left_(size, {static_cast<std::uint32_t>(script.half_request.size()),
                   static_cast<std::uint32_t>(script.half_answer_bytes)}) {
  if (size > 0 && !may_repair_sockets()) throw std::runtime_error(std::string(kMayNotRepair));
}

void HalfOpen::on_connected(std::uint32_t index) {
  establish(index);
  send_rest(index);
  vanish_if_ready(index);
}

void HalfOpen::on_event(std::uint32_t index, std::uint32_t events) {
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0) read_answer(index);
  if (is_established(index) && (events & EPOLLOUT) != 0) send_rest(index);
  vanish_if_ready(index);
}

void HalfOpen::send_rest(std::uint32_t index) {
  std::uint32_t& unsent = left_[index].unsent;
  if (unsent > 0) {
    const char* rest = half_request_.data() + half_request_.size() - unsent;
    unsent -= static_cast<std::uint32_t>(send(index, rest, unsent));
  }
  if (is_established(index)) watch(index, unsent > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void HalfOpen::read_answer(std::uint32_t index) {
  std::uint32_t& unanswered = left_[index].unanswered;
  const std::uint64_t got = discard(index, kMostAtOnce);
  unanswered -= static_cast<std::uint32_t>(std::min<std::uint64_t>(got, unanswered));
  if (is_established(index)) acknowledge(fd(index));
}

void HalfOpen::vanish_if_ready(std::uint32_t index) {
  const Left& left = left_[index];
  if (!is_established(index) || left.unsent > 0 || left.unanswered > 0) return;
  if (!all_acknowledged(fd(index))) {
    waiting_.push_back(index);
    return;
  }
  if (!vanish(release(index))) throw std::runtime_error(std::string(kMayNotRepair));
}

int HalfOpen::tick(std::int64_t) {
  if (waiting_.empty()) return -1;
  std::vector<std::uint32_t> waiting;
  waiting.swap(waiting_);
  for (const std::uint32_t index : waiting) vanish_if_ready(index);
  return waiting_.empty() ? -1 : kRecheckMs;
}

}  // namespace threadmill::load
