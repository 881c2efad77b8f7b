#include "loadgen/chunked_body.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace threadmill::load {
namespace {

/// What comes out when `bytes` arrive `piece` at a time.
std::string decoded(std::string bytes, std::size_t piece, bool* ended = nullptr) {
  ChunkedBody body;
  std::string content;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const std::size_t size = std::min(piece, bytes.size() - at);
    content.append(bytes.data() + at, body.decode({bytes.data() + at, size}));
  }
  if (ended != nullptr) *ended = body.ended();
  return content;
}

TEST(ChunkedBody, TakesTheChunksOutHoweverTheyArrive) {
  const std::string bytes = "5\r\nhello\r\n1;name=value\r\n \r\n00B\r\nwide\r\nworld\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    bool ended = true;
    EXPECT_EQ(decoded(bytes, piece, &ended), "hello wide\r\nworld") << piece;
    EXPECT_FALSE(ended);
  }
}

TEST(ChunkedBody, EndsWithTheLastChunk) {
  bool ended = false;
  EXPECT_EQ(decoded("2\r\nab\r\n0\r\n\r\n", 4, &ended), "ab");
  EXPECT_TRUE(ended);
}

TEST(ChunkedBody, EndsWithWhatIsNoChunk) {
  for (const char* bytes : {"x\r\n", "\r\n", "2\r\nabc", "2\r\nab\rc", "-1\r\n", "fffffffffffffffff\r\n"}) {
    bool ended = false;
    decoded(bytes, 3, &ended);
    EXPECT_TRUE(ended) << bytes;
  }
}

}  // namespace
}  // namespace threadmill::load
