// The V2 compressed encoding of HdrHistogram: a zlib stream behind a cookie and a length; within it a header
// and the counts, as ZigZag LEB128 numbers where a negative number stands for a run of empty buckets.

#include <zlib.h>

#include <stdexcept>

#include "loadgen/base64.h"
#include "loadgen/histogram.h"

namespace threadmill::load {
namespace {

constexpr std::uint32_t kCookie = 0x1c849313;
constexpr std::uint32_t kCompressedCookie = 0x1c849314;
constexpr std::size_t kHeaderBytes = 40;
constexpr std::uint64_t kRatioOne = 0x3ff0000000000000;  // the double 1.0: no conversion of units

void put_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(value >> shift & 255));
}

/// Reads big-endian numbers from the front; throws when the bytes end.
class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t take(std::size_t size) {
    if (bytes_.size() < size) throw std::invalid_argument("histogram: the encoding is cut short");
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes_[i]);
    bytes_.remove_prefix(size);
    return value;
  }
  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
};

/// LEB128 of at most 9 bytes: the ninth carries 8 bits and no continuation flag.
void put_zigzag(std::string& out, std::int64_t value) {
  std::uint64_t bits = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
  for (int i = 0; i < 8 && bits >= 128; ++i, bits >>= 7) out.push_back(static_cast<char>(bits | 128));
  out.push_back(static_cast<char>(bits));
}

std::int64_t take_zigzag(Input& input) {
  std::uint64_t bits = 0;
  for (int i = 0; i < 9; ++i) {
    const std::uint64_t byte = input.take(1);
    bits |= (i == 8 ? byte : byte & 127) << (7 * i);
    if (i == 8 || byte < 128) break;
  }
  return static_cast<std::int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
}

std::string deflate_all(std::string_view bytes) {
  uLongf size = ::compressBound(bytes.size());
  std::string out(size, '\0');
  if (::compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                  bytes.size(), Z_BEST_COMPRESSION) != Z_OK) {
    throw std::runtime_error("histogram: zlib could not compress");
  }
  out.resize(size);
  return out;
}

std::string inflate_all(std::string_view bytes, std::size_t at_most) {
  std::string out(at_most, '\0');
  uLongf size = out.size();
  if (::uncompress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                   bytes.size()) != Z_OK) {
    throw std::invalid_argument("histogram: the compressed counts are damaged");
  }
  out.resize(size);
  return out;
}

}  // namespace

std::string Histogram::pack() const {
  std::string out;
  if (max_ < 0) return out;
  const std::size_t last = index_of(static_cast<std::uint64_t>(max_));
  for (std::size_t i = 0; i <= last;) {
    // What is below the lowest value is known to be empty, without a look.
    std::size_t zeros = i == 0 ? index_of(static_cast<std::uint64_t>(min_)) : 0;
    while (counts_[i + zeros] == 0) ++zeros;  // ends: the bucket of the highest value is not empty
    if (zeros > 1) {
      put_zigzag(out, -static_cast<std::int64_t>(zeros));
      i += zeros;
    } else {
      put_zigzag(out, static_cast<std::int64_t>(counts_[i]));
      ++i;
    }
  }
  return out;
}

void Histogram::merge_packed(std::string_view packed) {
  static const std::size_t last = index_of(kHighest);
  Input input(packed);
  std::uint64_t total = 0;
  for (std::size_t index = 0; !input.rest().empty();) {
    const std::int64_t number = take_zigzag(input);
    const std::uint64_t step = number < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(number) : 1;
    if (step > kBuckets - index || (number > 0 && index > last)) {
      throw std::invalid_argument("histogram: more buckets than its range has");
    }
    if (number > 0) {
      total += static_cast<std::uint64_t>(number);
      if (total >> 63 != 0) throw std::invalid_argument("histogram: counts beyond all bounds");
      counts_[index] += static_cast<std::uint64_t>(number);
      min_ = std::min(min_, lowest_in(index));
      max_ = std::max(max_, std::min(highest_in(index), kHighest));
    }
    index += step;
  }
}

std::string Histogram::encode() const {
  const std::string counts = pack();
  std::string plain;
  put_big_endian(plain, kCookie, 4);
  put_big_endian(plain, counts.size(), 4);
  put_big_endian(plain, 0, 4);  // normalizing index offset
  put_big_endian(plain, kSignificantDigits, 4);
  put_big_endian(plain, 1, 8);  // lowest discernible value
  put_big_endian(plain, static_cast<std::uint64_t>(kHighest), 8);
  put_big_endian(plain, kRatioOne, 8);
  plain += counts;
  const std::string packed = deflate_all(plain);
  std::string out;
  put_big_endian(out, kCompressedCookie, 4);
  put_big_endian(out, packed.size(), 4);
  return base64_encode(out + packed);
}

Histogram Histogram::decode(std::string_view base64) {
  const std::string bytes = base64_decode(base64);
  Input outer(bytes);
  if (outer.take(4) != kCompressedCookie) {
    throw std::invalid_argument("histogram: not in the V2 compressed encoding of HdrHistogram");
  }
  if (outer.take(4) != outer.rest().size())
    throw std::invalid_argument("histogram: the encoding is cut short");
  const std::string plain = inflate_all(outer.rest(), kHeaderBytes + 9 * kBuckets);
  Input inner(plain);
  if (inner.take(4) != kCookie)
    throw std::invalid_argument("histogram: not in the V2 encoding of HdrHistogram");
  const std::uint64_t size = inner.take(4);
  const bool same_layout = inner.take(4) == 0 && inner.take(4) == kSignificantDigits && inner.take(8) == 1;
  inner.take(8);  // a lower highest value only has fewer buckets
  if (!same_layout || inner.take(8) != kRatioOne) {
    throw std::invalid_argument("histogram: the precision must be 3 significant digits of 1 ns upwards");
  }
  if (size != inner.rest().size()) throw std::invalid_argument("histogram: the encoding is cut short");
  Histogram histogram;
  histogram.merge_packed(inner.rest());
  return histogram;
}

}  // namespace threadmill::load
