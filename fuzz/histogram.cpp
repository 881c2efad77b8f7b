// Histogram::decode and merge_packed, and base64 below: std::invalid_argument, or what encodes to the same
// again. The input is tried as text, as bytes that base64 hides, and as packed counts.

#include "loadgen/histogram.h"

#include <stdexcept>

#include "fuzz/expect.h"
#include "loadgen/base64.h"

using namespace threadmill;
using load::Histogram;

namespace {

void check(const Histogram& histogram) {
  fuzz::expect(histogram.min() <= histogram.max() && histogram.max() <= Histogram::kHighest,
               "values are within the range");
  const auto median = histogram.value_at_percentile(50);
  fuzz::expect(histogram.min() <= median && median <= histogram.max(), "the median is among the values");
  Histogram unpacked;
  unpacked.merge_packed(histogram.pack());
  fuzz::expect(unpacked == histogram, "packing loses nothing");
  Histogram forgotten = histogram;
  forgotten.reset();
  fuzz::expect(forgotten == Histogram(), "reset() forgets everything");
}

void decode(const std::string& text) {
  try {
    const Histogram histogram = Histogram::decode(text);
    check(histogram);
    fuzz::expect(Histogram::decode(histogram.encode()) == histogram, "encoding loses nothing");
  } catch (const std::invalid_argument&) {
  }
}

void unpack(std::string_view bytes) {
  try {
    Histogram histogram;
    histogram.merge_packed(bytes);
    check(histogram);
  } catch (const std::invalid_argument&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  try {
    fuzz::expect(load::base64_encode(load::base64_decode(input)) == input,
                 "base64 has one way to write bytes");
  } catch (const std::invalid_argument&) {
  }
  fuzz::expect(load::base64_decode(load::base64_encode(input)) == input, "base64 loses nothing");
  decode(input);
  decode(load::base64_encode(input));
  unpack(input);
  return 0;
}
