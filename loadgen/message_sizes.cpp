#include "loadgen/message_sizes.h"

#include <utility>

#include "loadgen/mix.h"

namespace threadmill::load {

MessageSizes::MessageSizes(std::vector<MessageSize> sizes, std::uint64_t seed)
    : sizes_(std::move(sizes)), seed_(seed), weights_(0) {
  for (const MessageSize& size : sizes_) weights_ += size.weight;
}

std::size_t MessageSizes::draw(std::uint32_t publisher, std::uint64_t sequence) const noexcept {
  const std::uint64_t stream = mix(seed_ + (publisher + std::uint64_t{1}) * kMixStep);
  const std::uint64_t random = mix(stream + (sequence + 1) * kMixStep) >> 32;
  std::uint64_t at = random * weights_ >> 32;  // 0 .. weights_ - 1; they sum up to far less than 2^32
  std::size_t index = 0;
  while (at >= sizes_[index].weight) at -= sizes_[index++].weight;
  return index;
}

}  // namespace threadmill::load
