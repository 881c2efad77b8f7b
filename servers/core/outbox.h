#pragma once
// The bytes that wait to be written to one connection, in order and bounded.

#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "servers/core/publication.h"

namespace threadmill::servers {

/// Replies are copied in, publications are shared. Not safe for use by several threads without a lock.
class Outbox {
 public:
  /// `limit_bytes` bounds the memory of what may wait.
  explicit Outbox(std::size_t limit_bytes) : limit_bytes_(chargeable_bytes(limit_bytes)) {}

  /// What can be charged against a limit: a sixteenth is left to the allocator.
  static constexpr std::size_t chargeable_bytes(std::size_t limit_bytes) {
    return limit_bytes - limit_bytes / 16;
  }

  /// Adds a reply. A reply cannot be left out, so passing the limit sets overflowed() and the connection has
  /// to go.
  void append(std::string_view bytes);

  /// Adds a publication, or returns false and adds nothing when that would pass the limit.
  bool push(const SharedPublication& publication);

  /// Adds a publication that takes() would take and whose first `written_bytes` have been written already;
  /// for an empty outbox only.
  void push_rest(const SharedPublication& publication, std::size_t written_bytes);

  /// Whether that many more bytes, in a chunk of their own or not, stay within the limit. Each chunk is
  /// charged for, so that many small publications cannot hold far more memory than their bytes.
  bool takes(std::size_t bytes) const { return charged_bytes() + bytes <= limit_bytes_; }
  std::size_t limit_bytes() const { return limit_bytes_; }

  /// What counts against the limit for a publication of so many bytes.
  static constexpr std::size_t charge_of(std::size_t bytes) { return bytes + kChunkBytes; }

  /// What counts against the limit: the bytes and their chunks.
  std::size_t charged_bytes() const { return size_bytes_ + (chunks_.size() - first_) * kChunkBytes; }

  bool empty() const { return size_bytes_ == 0; }
  std::size_t size_bytes() const { return size_bytes_; }
  bool overflowed() const { return overflowed_; }

  /// Points `slots` at the waiting bytes, oldest first, for writev(2); returns how many slots were used.
  std::size_t gather(std::span<iovec> slots) const;

  /// The same for a writer that goes on while the outbox is used: those bytes stay where they are, whatever
  /// is added, until consume() says what has become of them.
  std::size_t pin(std::span<iovec> slots);

  /// Drops the `bytes` oldest bytes: they have been written. Nothing is pinned any more.
  void consume(std::size_t bytes);

 private:
  struct Chunk {
    SharedPublication shared;  ///< a publication, or null
    std::string owned;         ///< replies, when `shared` is null
    std::string_view view() const {
      return shared ? std::string_view(shared->bytes) : std::string_view(owned);
    }
  };
  /// About what a chunk costs besides its bytes: itself, and its share of the publication's block.
  static constexpr std::size_t kChunkBytes = 128;

  void reset();

  std::size_t limit_bytes_;
  std::size_t size_bytes_ = 0;
  std::vector<Chunk> chunks_;
  std::size_t first_ = 0;          ///< oldest chunk that is not wholly written
  std::size_t written_bytes_ = 0;  ///< of chunk `first_`
  std::size_t pinned_end_ = 0;     ///< chunks before this one are not to be changed
  bool overflowed_ = false;
};

}  // namespace threadmill::servers
