#include "loadgen/http_head.h"

#include <gtest/gtest.h>

#include <string>

namespace threadmill::load {
namespace {

using Status = HttpHead::Status;

TEST(HttpHead, ReadsWhatPublishingNeeds) {
  const std::string head =
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nContent-Length:  12 \r\n"
      "Transfer-Encoding: chunked\r\nX-Other: a:b\r\n\r\n";
  const std::string whole = head + "body";  // what is read points into it
  const HttpHead read = read_http_head(whole);
  EXPECT_EQ(read.status, Status::whole);
  EXPECT_EQ(read.bytes, head.size());
  EXPECT_EQ(read.code, 200);
  EXPECT_EQ(read.first_line, "HTTP/1.1 200 OK");
  EXPECT_EQ(read.content_type, "text/event-stream; charset=utf-8");
  EXPECT_EQ(read.content_length, 12U);
  EXPECT_TRUE(read.chunked);
  for (std::size_t cut = 0; cut < head.size(); ++cut) {
    EXPECT_EQ(read_http_head(head.substr(0, cut)).status, Status::incomplete) << cut;
  }
}

TEST(HttpHead, NeedsNoFields) {
  const HttpHead read = read_http_head("HTTP/1.1 204 \r\n\r\n");
  EXPECT_EQ(read.status, Status::whole);
  EXPECT_EQ(read.code, 204);
  EXPECT_EQ(read.content_length, std::nullopt);
  EXPECT_FALSE(read.chunked);
}

TEST(HttpHead, RefusesWhatIsNone) {
  for (const char* bytes :
       {"+OK\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 20\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno field\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"}) {
    EXPECT_EQ(read_http_head(bytes).status, Status::malformed) << bytes;
  }
  EXPECT_EQ(read_http_head("HTTP/1.1 200 OK\r\nA: " + std::string(70'000, 'a')).status, Status::malformed);
}

}  // namespace
}  // namespace threadmill::load
