#include "loadgen/acknowledgements.h"

#include <algorithm>
#include <string_view>

#include "protocol/message_sum.h"
#include "protocol/resp_encode.h"

namespace threadmill::load {
namespace {

// A server takes 1024 words a command.
constexpr std::size_t kMostSums = 1000;

}  // namespace

void Acknowledgements::note(std::size_t index, std::span<const char> payload) {
  subscribers_[index].noted.push_back(protocol::xxh3({payload.data(), payload.size()}));
}

void Acknowledgements::send(std::size_t index) {
  Subscriber& subscriber = subscribers_[index];
  for (std::size_t first = 0; first < subscriber.noted.size(); first += kMostSums) {
    const std::size_t count = std::min(kMostSums, subscriber.noted.size() - first);
    resp::append_array_header(words_, 1 + count);
    resp::append_bulk(words_, "ACK");
    for (std::size_t i = 0; i < count; ++i) {
      resp::append_bulk(words_, protocol::sum_text(subscriber.noted[first + i]));
    }
    subscriber.asked.push_back(count);
  }
  subscriber.noted.clear();
  outgoing_.send(index, words_);
  words_.clear();
}

std::uint64_t Acknowledgements::unknown(std::size_t index, std::int64_t known) {
  auto& asked = subscribers_[index].asked;
  if (asked.empty()) return 1;
  const std::size_t sums = asked.front();
  asked.pop_front();
  const auto told = static_cast<std::size_t>(std::max<std::int64_t>(0, known));
  return told > sums ? told - sums : sums - told;
}

}  // namespace threadmill::load
