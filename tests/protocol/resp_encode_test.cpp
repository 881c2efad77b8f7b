#include "protocol/resp_encode.h"

#include <gtest/gtest.h>

namespace threadmill::resp {
namespace {

TEST(RespEncode, WritesEachType) {
  std::string out;
  append_simple(out, "OK");
  append_integer(out, -42);
  append_bulk(out, std::string_view("a\0b", 3));
  append_null_bulk(out);
  append_array_header(out, 0);
  EXPECT_EQ(out, std::string("+OK\r\n:-42\r\n$3\r\na\0b\r\n$-1\r\n*0\r\n", 29));
}

TEST(RespEncode, AnErrorCannotForgeASecondReply) {
  std::string out;
  append_error(out, "ERR unknown command `x\r\n+OK`");
  EXPECT_EQ(out, "-ERR unknown command `x  +OK`\r\n");
}

TEST(RespEncode, APushIsWhatRedisSends) {
  std::string out;
  append_message_push(out, "news", "hi");
  EXPECT_EQ(out, "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$2\r\nhi\r\n");
}

}  // namespace
}  // namespace threadmill::resp
