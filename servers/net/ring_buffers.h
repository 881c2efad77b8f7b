#pragma once
// Buffers that the kernel fills with what arrives, whichever connection it arrives on.

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "servers/net/ring.h"

namespace threadmill::servers {

/// An idle connection holds none. There are few at first, so that they stay in the cache; more come as they
/// are needed, up to a limit.
class RingBuffers {
 public:
  /// The one group of buffers of a ring, as requests name it.
  static constexpr std::uint16_t kGroup = 0;

  /// Throws std::system_error.
  explicit RingBuffers(Ring& ring);

  /// What a completed receive put into its buffer; valid until give_back().
  std::string_view bytes(int result, std::uint32_t flags) const;

  /// The buffer of a completion, if it has one, may be filled again.
  void give_back(std::uint32_t flags);

  /// For when the kernel found none free. Does nothing at the limit: some come back in each turn.
  void grow();

 private:
  struct Unmap {
    void operator()(io_uring_buf_ring* ring) const;
  };
  char* buffer(std::size_t number) const;
  void add(std::size_t number);

  std::unique_ptr<io_uring_buf_ring, Unmap> free_;  ///< shared with the kernel
  std::vector<std::unique_ptr<char[]>> blocks_;
};

}  // namespace threadmill::servers
