// resp::parse_reply and ReplyReader: within their limits, and the same however the bytes arrive.

#include "protocol/resp_reply.h"

#include "fuzz/expect.h"
#include "protocol/resp_encode.h"

using namespace threadmill;
using resp::Reply;
using resp::ReplyKind;
using resp::ReplyStatus;

namespace {

constexpr resp::ReplyLimits kLimits{.line_bytes = 64, .bulk_bytes = 256, .elements = 32, .depth = 4};

void append(std::string& out, const Reply& reply, int depth) {
  fuzz::expect(depth <= kLimits.depth, "arrays are within the limit of depth");
  switch (reply.kind) {
    case ReplyKind::simple:
      fuzz::expect(reply.text.size() <= kLimits.line_bytes, "a line is within its limit");
      return resp::append_simple(out, reply.text);
    case ReplyKind::error:
      fuzz::expect(reply.text.size() <= kLimits.line_bytes, "a line is within its limit");
      out.push_back('-');
      out.append(reply.text);
      out.append("\r\n");
      return;
    case ReplyKind::integer:
      return resp::append_integer(out, reply.integer);
    case ReplyKind::bulk:
      fuzz::expect(reply.text.size() <= kLimits.bulk_bytes, "a bulk string is within its limit");
      return resp::append_bulk(out, reply.text);
    case ReplyKind::null:
      return resp::append_null_bulk(out);
    case ReplyKind::array:
      fuzz::expect(reply.elements.size() <= kLimits.elements, "an array is within its limit");
      resp::append_array_header(out, reply.elements.size());
      for (const auto& element : reply.elements) append(out, element, depth + 1);
  }
}

std::string written(const Reply& reply) {
  std::string bytes;
  append(bytes, reply, 0);
  return bytes;
}

struct Replies {
  std::string written;     // all replies, written again
  bool malformed = false;  // what follows them
};

Replies all_replies(std::string_view input, std::size_t step) {
  resp::ReplyReader reader(kLimits);
  Reply reply;
  Replies replies;
  for (std::size_t at = 0; at < input.size(); at += step) {
    reader.feed(input.substr(at, step));
    while (true) {
      const auto status = reader.next(reply).status;
      if (status == ReplyStatus::malformed) {
        replies.malformed = true;
        return replies;
      }
      if (status == ReplyStatus::incomplete) break;
      replies.written += written(reply);
    }
  }
  return replies;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Reply reply;
  const auto result = resp::parse_reply(input, reply, kLimits);
  if (result.status == ReplyStatus::complete) {
    fuzz::expect(result.consumed > 0 && result.consumed <= size, "a reply takes some of its input");
    const std::string bytes = written(reply);
    Reply again;
    const auto second = resp::parse_reply(bytes, again, kLimits);
    fuzz::expect(
        second.status == ReplyStatus::complete && second.consumed == bytes.size() && written(again) == bytes,
        "a reply that is written again is the same reply");
  } else if (result.status == ReplyStatus::incomplete) {
    fuzz::expect(result.at_least > size, "an incomplete reply needs more than it has");
  } else {
    fuzz::expect(result.reason != nullptr, "a refusal says why");
  }
  const auto whole = all_replies(input, size + 1);
  for (const std::size_t step : {1U, 2U, 7U}) {
    // A line that is too long may be told a byte later: the reader waits for two bytes where one could do.
    const auto pieces = all_replies(input, step);
    fuzz::expect(pieces.written == whole.written, "replies do not depend on how the bytes arrive");
    fuzz::expect(whole.malformed || !pieces.malformed, "nor does what is wrong");
  }
  return 0;
}
