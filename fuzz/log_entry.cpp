// decode_entry: what it takes from any bytes writes back to the same bytes.

#include "servers/cluster/log_entry.h"

#include <cstdint>
#include <string_view>

#include "fuzz/expect.h"

using namespace threadmill;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto entry = servers::decode_entry(bytes);
  if (!entry) return 0;
  auto written = servers::begin_entry(entry->writer, entry->number, size);
  for (const auto& deed : entry->deeds) servers::append_deed(written, deed);
  fuzz::expect(written == bytes, "an entry writes back to the bytes that it was read from");
  return 0;
}
