// ChunkedBody: the same content however the bytes arrive, and never more of it than came.

#include "loadgen/chunked_body.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "fuzz/expect.h"

using namespace threadmill;

namespace {

struct Decoded {
  std::string content;
  bool ended = false;
  bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string bytes, std::size_t piece) {
  load::ChunkedBody body;
  Decoded decoded;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const std::size_t size = std::min(piece, bytes.size() - at);
    const std::size_t content = body.decode({bytes.data() + at, size});
    fuzz::expect(content <= size, "no more comes out than went in");
    decoded.content.append(bytes.data() + at, content);
  }
  decoded.ended = body.ended();
  return decoded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t piece = 1 + data[size - 1] % 7;
  fuzz::expect(decode(bytes, piece) == decode(bytes, size), "how bytes arrive does not matter");
  return 0;
}
