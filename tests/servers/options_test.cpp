#include "servers/options.h"

#include <gmock/gmock.h>

namespace threadmill::servers {
namespace {

TEST(Flush, ReadsWhatItWrites) {
  for (const char* text : {"immediate", "tick", "delay:200us"}) EXPECT_EQ(to_string(parse_flush(text)), text);
  EXPECT_EQ(parse_flush("delay:2ms").delay, std::chrono::microseconds(2000));
}

TEST(Flush, NamesWhatItDoesNotKnow) {
  for (const char* text :
       {"", "later", "delay:", "delay:5", "delay:0us", "delay:-1us", "delay:2000ms", "delay:1s"}) {
    try {
      parse_flush(text);
      ADD_FAILURE() << text << " was accepted";
    } catch (const std::invalid_argument& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("delay:200us")) << text;
    }
  }
}

TEST(Distribution, ReadsWhatItWritesAndNamesWhatItDoesNotKnow) {
  for (const char* text : {"batch", "broadcast", "writers"})
    EXPECT_EQ(to_string(parse_distribution(text)), text);
  EXPECT_THROW(parse_distribution("mail"), std::invalid_argument);
}

}  // namespace
}  // namespace threadmill::servers
