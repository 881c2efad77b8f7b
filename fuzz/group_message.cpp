// Messages of the durable group chat: any bytes are read or refused with a reason, and what was read is
// written and read again as the same.

#include <cstdint>
#include <string_view>

#include "fuzz/expect.h"
#include "groupchat/message.h"

using namespace threadmill;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  try {
    const auto message = groupchat::read_message(input);
    const auto written = groupchat::write_message(message);
    fuzz::expect(written.size() <= groupchat::kMostMessageBytes, "what is written may be read");
    fuzz::expect(written.find('\n') == std::string::npos, "a message is one line");
    fuzz::expect(groupchat::read_message(written) == message, "a message is read as it was written");
  } catch (const groupchat::BadMessage& error) {
    fuzz::expect(error.what()[0] != '\0', "a refusal says why");
  }
  return 0;
}
