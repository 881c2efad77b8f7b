// http_format()->parse: within its input, with a reason where one is due, and the same the second time; an
// incomplete response is never taken for a whole one.

#include <string>
#include <string_view>

#include "fuzz/expect.h"
#include "loadgen/reply_format.h"

using namespace threadmill;
using load::ParsedReply;
using Status = load::ParsedReply::Status;

namespace {

void check(const ParsedReply& reply, std::string_view input) {
  switch (reply.status) {
    case Status::incomplete:
      fuzz::expect(reply.bytes == 0 || reply.bytes >= input.size(),
                   "an incomplete reply does not end in mid-input");
      return;
    case Status::whole:
      fuzz::expect(reply.bytes > 0 && reply.bytes <= input.size(), "a reply takes some of its input");
      fuzz::expect(reply.content.size() <= reply.bytes, "a body is no larger than its response");
      return;
    case Status::refused:
    case Status::malformed:
      fuzz::expect(reply.bytes <= input.size(), "what is wrong is in the input");
      fuzz::expect(!reply.reason.empty(), "a refusal says why");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto format = load::http_format({"127.0.0.1", 8080}, "/");
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const ParsedReply reply = format->parse(input);
  check(reply, input);
  if (reply.status != Status::whole) return 0;
  const std::string content(reply.content);
  const std::size_t bytes = reply.bytes;
  const ParsedReply alone = format->parse(input.substr(0, bytes));
  fuzz::expect(alone.status == Status::whole && alone.bytes == bytes && alone.content == content,
               "what follows a reply does not change it");
  const ParsedReply cut = format->parse(input.substr(0, bytes - 1));
  fuzz::expect(cut.status == Status::incomplete, "a reply without its last byte is incomplete");
  return 0;
}
