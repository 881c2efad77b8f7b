#include "loadgen/bystanders/half_open.h"

#include <algorithm>
#include <system_error>

#include "loadgen/bystanders/vanish.h"

namespace threadmill::load {
namespace {

constexpr int kRecheckMs = 1;

}  // namespace

HalfOpen::HalfOpen(const CrowdPlace& place, std::uint32_t size, const BystanderScript& script)
    : Crowd(place, size),
      half_request_(script.half_request),
      left_(size, {static_cast<std::uint32_t>(script.half_request.size()),
                   static_cast<std::uint32_t>(script.half_answer_bytes)}) {}

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
}

void HalfOpen::vanish_if_ready(std::uint32_t index) {
  const Left& left = left_[index];
  if (!is_established(index) || is_settled(index) || left.unsent > 0 || left.unanswered > 0) return;
  if (!all_acknowledged(fd(index))) {
    waiting_.push_back(index);
    return;
  }
  if (const int error = vanish(fd(index)); error != 0) {
    throw std::system_error(error, std::generic_category(), "a half-open peer cannot vanish");
  }
  settle(index);
}

int HalfOpen::tick(std::int64_t) {
  if (waiting_.empty()) return -1;
  std::vector<std::uint32_t> waiting;
  waiting.swap(waiting_);
  for (const std::uint32_t index : waiting) vanish_if_ready(index);
  return waiting_.empty() ? -1 : kRecheckMs;
}

}  // namespace threadmill::load
