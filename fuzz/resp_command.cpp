// resp::parse_command: what it takes is within its limits, and does not depend on how the bytes arrived.

#include "protocol/resp_command.h"

#include "fuzz/expect.h"

using namespace threadmill;
using Status = resp::CommandParse::Status;

namespace {

constexpr resp::CommandLimits kLimits{.request_bytes = 512, .inline_bytes = 128, .words = 16};

struct Parsed {
  resp::CommandParse result;
  std::vector<std::string> unquoted;  // which `words` may point into
  std::vector<std::string_view> words;
};

Parsed parse(std::string_view input) {
  Parsed parsed;
  parsed.result = resp::parse_command(input, kLimits, parsed.words, parsed.unquoted);
  return parsed;
}

void check_complete(const Parsed& parsed, std::string_view input) {
  const std::size_t consumed = parsed.result.consumed;
  fuzz::expect(consumed > 0 && consumed <= input.size(), "a command takes some of its input, and no more");
  fuzz::expect(consumed <= kLimits.request_bytes + 2, "a command is within the limit of bytes");
  fuzz::expect(parsed.words.size() <= kLimits.words, "a command is within the limit of words");
  const auto alone = parse(input.substr(0, consumed));
  fuzz::expect(alone.result.status == Status::complete && alone.words == parsed.words,
               "a command does not depend on what follows it");
  for (std::size_t cut = 0; cut < consumed; cut += consumed / 64 + 1) {
    const auto part = parse(input.substr(0, cut)).result;
    fuzz::expect(part.status == Status::incomplete, "a part of a good command is incomplete");
    fuzz::expect(part.needed > cut && part.needed <= consumed, "no more is asked for than the command has");
  }
}

void check_malformed(const Parsed& parsed, std::string_view input) {
  fuzz::expect(!parsed.result.error.empty(), "a refusal says why");
  fuzz::expect(parsed.result.error.find_first_of("\r\n") == std::string::npos, "a refusal is one line");
  const auto longer = parse(std::string(input) + "\r\n*1\r\n").result.status;
  fuzz::expect(longer == Status::malformed, "what was refused stays refused");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto parsed = parse(input);
  switch (parsed.result.status) {
    case Status::complete:
      check_complete(parsed, input);
      break;
    case Status::incomplete:
      fuzz::expect(parsed.result.needed > size, "an incomplete command needs more than it has");
      break;
    case Status::malformed:
      check_malformed(parsed, input);
      break;
  }
  return 0;
}
