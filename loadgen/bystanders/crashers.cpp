#include "loadgen/bystanders/crashers.h"

namespace threadmill::load {

int Crashers::tick(std::int64_t now_ns) {
  if (size() == 0 || due_ns_ == 0 || done_) return -1;
  if (now_ns < due_ns_) return static_cast<int>((due_ns_ - now_ns) / 1'000'000) + 1;
  done_ = true;
  for (std::uint32_t index = 0; index < size(); ++index) {
    // A connection that was silent so far has room for so little.
    if (is_established(index)) send(index, kCrashLine.data(), kCrashLine.size());
  }
  return -1;
}

}  // namespace threadmill::load
