// EchoMessages: every answer but the right one is told from it, and a whole stamp says whose it was.
// Input: size (2 bytes), connection (2), sequence (8), then an answer.

#include "loadgen/echo_message.h"

#include <string>

#include "fuzz/expect.h"

using namespace threadmill;

namespace {

constexpr std::uint64_t kConnections = 1000;

std::uint64_t take(std::string_view& input, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes && !input.empty(); ++i, input.remove_prefix(1)) {
    value = value << 8 | static_cast<unsigned char>(input.front());
  }
  return value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t message_bytes = take(input, 2) % 300 + 1;
  const std::uint64_t connection = take(input, 2) % kConnections;
  const std::uint64_t sequence = take(input, 8) & ((std::uint64_t{1} << 44) - 1);
  const load::EchoMessages messages(message_bytes, kConnections, 1);
  std::string right(message_bytes, '\0');
  messages.write(right.data(), connection, sequence, 0, message_bytes);
  fuzz::expect(messages.equals(right.data(), connection, sequence), "a message equals itself");

  std::string pieces(message_bytes, '\0');
  const std::size_t step = input.size() % message_bytes + 1;
  for (std::size_t at = 0; at < message_bytes; at += step) {
    messages.write(pieces.data() + at, connection, sequence, at, std::min(step, message_bytes - at));
  }
  fuzz::expect(pieces == right, "a message written in pieces is the same");

  std::string answer(input.substr(0, message_bytes));
  answer.append(right, answer.size());
  fuzz::expect(messages.equals(answer.data(), connection, sequence) == (answer == right),
               "only the same bytes are equal");
  std::string damaged = right;
  damaged[size % message_bytes] = static_cast<char>(damaged[size % message_bytes] ^ 1 << sequence % 8);
  fuzz::expect(!messages.equals(damaged.data(), connection, sequence), "a wrong bit is noticed");
  if (message_bytes < load::EchoMessages::kStampBytes) return 0;
  std::uint64_t stamp = 0;
  std::memcpy(&stamp, answer.data(), sizeof stamp);
  if (const auto origin = messages.origin(stamp)) {
    fuzz::expect(origin->connection < kConnections, "a stamp belongs to a connection that is there");
    fuzz::expect(messages.stamp(origin->connection, origin->sequence) == stamp,
                 "a stamp leads back to itself");
  } else {
    fuzz::expect(stamp != messages.stamp(connection, sequence), "a stamp that was sent is known");
  }
  return 0;
}
