// take_frame: std::logic_error for an unknown kind, or frames that write back to the same bytes, however they
// come.

#include "servers/core/switchboard_frame.h"

#include <stdexcept>
#include <string>

#include "fuzz/expect.h"

using namespace threadmill;

namespace {

/// Reads `input` in steps as the two ends of a channel do, and writes the frames again; '!' is an unknown
/// kind.
std::string frames_again(std::string_view input, std::size_t step) {
  std::string frames;
  std::string partial;
  for (std::size_t at = 0; at < input.size(); at += step) {
    const std::string_view bytes = input.substr(at, step);
    const bool whole = partial.empty();
    if (!whole) partial.append(bytes);
    std::string_view rest = whole ? bytes : partial;
    try {
      while (const auto frame = servers::take_frame(rest)) servers::append_frame(frames, *frame);
    } catch (const std::logic_error&) {
      return frames + '!';
    }
    servers::keep_rest(partial, whole, rest);
  }
  return frames + partial;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string whole = frames_again(input, size + 1);
  const std::string_view read = std::string_view(whole).substr(0, whole.size() - whole.ends_with('!'));
  fuzz::expect(input.starts_with(read), "frames write back to the bytes that they were read from");
  for (const std::size_t step : {1U, 3U, 10U}) {
    fuzz::expect(frames_again(input, step) == whole, "frames do not depend on how the bytes arrive");
  }
  return 0;
}
