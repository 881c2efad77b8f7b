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
    resp::append_array_header(subscriber.unsent, 1 + count);
    resp::append_bulk(subscriber.unsent, "ACK");
    for (std::size_t i = 0; i < count; ++i) {
      resp::append_bulk(subscriber.unsent, protocol::sum_text(subscriber.noted[first + i]));
    }
    subscriber.asked.push_back(count);
  }
  subscriber.noted.clear();
  pass_on(index);
}

void Acknowledgements::on_writable(std::size_t index) { pass_on(index); }

void Acknowledgements::pass_on(std::size_t index) {
  std::string& unsent = subscribers_[index].unsent;
  const std::size_t connection = first_connection_ + index;
  if (unsent.empty() || !engine_.is_open(connection)) return;
  unsent.erase(0, engine_.send(connection, unsent.data(), unsent.size()));
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
