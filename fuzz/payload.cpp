// check_payload: accepts what was stamped, and nothing else.

#include "loadgen/payload.h"

#include <string>

#include "fuzz/expect.h"

using namespace threadmill;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto stamp = load::check_payload(bytes);
  if (size < load::kMinimumPayloadBytes) {
    fuzz::expect(!stamp, "a payload without room for a stamp is refused");
    return 0;
  }
  if (stamp) {
    std::string again = bytes;
    load::stamp_payload(again, *stamp);
    fuzz::expect(again == bytes, "a payload that is accepted is what its stamp writes");
  }
  // The input as a payload that we send and that has one bit wrong when it comes back.
  load::stamp_payload(bytes, load::read_stamp(bytes));
  fuzz::expect(load::check_payload(bytes) == load::read_stamp(bytes), "what was stamped is accepted");
  const std::size_t damaged = data[0] * 257U % size;
  bytes[damaged] = static_cast<char>(bytes[damaged] ^ 1 << data[size - 1] % 8);
  fuzz::expect(!load::check_payload(bytes), "a payload with a wrong bit is refused");
  return 0;
}
