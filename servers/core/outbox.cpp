#include "servers/core/outbox.h"

#include <algorithm>

namespace threadmill::servers {
namespace {

// A drained outbox keeps this much, so that a request/reply connection allocates nothing in its steady state
// and an idle one holds little.
constexpr std::size_t kKeptBytes = 4096;
constexpr std::size_t kKeptChunks = 8;
// Written chunks are dropped from the front in lots, so that a consumer that is always behind costs amortised
// O(1).
constexpr std::size_t kCompactChunks = 64;
// No implementation of std::string keeps so many characters within itself.
constexpr std::size_t kLeastHeapBytes = 32;

}  // namespace

void Outbox::append(std::string_view bytes) {
  if (bytes.empty()) return;
  if (!takes(bytes.size())) {
    overflowed_ = true;
    return;
  }
  // What is partly written is not added to: its front would never be given back.
  const bool last_is_being_written =
      (first_ + 1 == chunks_.size() && written_bytes_ > 0) || pinned_end_ == chunks_.size();
  if (first_ == chunks_.size() || chunks_.back().shared || last_is_being_written) chunks_.emplace_back();
  chunks_.back().owned.append(bytes);
  size_bytes_ += bytes.size();
}

bool Outbox::push(const SharedPublication& publication) {
  if (!takes(publication->bytes.size())) return false;
  if (publication->bytes.empty()) return true;
  // The chunk kept by reset() holds no bytes: it would stand in front of the publication as an empty write.
  if (size_bytes_ == 0) chunks_.clear();
  chunks_.push_back({publication, {}});
  size_bytes_ += publication->bytes.size();
  return true;
}

void Outbox::push_rest(const SharedPublication& publication, std::size_t written_bytes) {
  chunks_.clear();
  chunks_.push_back({publication, {}});
  first_ = 0;
  written_bytes_ = written_bytes;
  size_bytes_ = publication->bytes.size() - written_bytes;
}

std::size_t Outbox::gather(std::span<iovec> slots) const {
  std::size_t used = 0;
  std::size_t skip = written_bytes_;
  for (std::size_t i = first_; i < chunks_.size() && used < slots.size(); ++i, skip = 0) {
    const auto rest = chunks_[i].view().substr(skip);
    if (rest.empty()) continue;
    // writev takes a pointer to non-const but only reads.
    slots[used++] = {const_cast<char*>(rest.data()), rest.size()};
  }
  return used;
}

std::size_t Outbox::pin(std::span<iovec> slots) {
  std::size_t used = 0;
  for (pinned_end_ = first_; pinned_end_ < chunks_.size() && used < slots.size(); ++pinned_end_) {
    Chunk& chunk = chunks_[pinned_end_];
    // A string this short lies in the chunk itself, and moves with it.
    if (!chunk.shared && chunk.owned.capacity() < kLeastHeapBytes) chunk.owned.reserve(kLeastHeapBytes);
    if (!chunk.view().empty()) ++used;
  }
  return gather(slots);
}

void Outbox::consume(std::size_t bytes) {
  pinned_end_ = 0;
  size_bytes_ -= bytes;
  if (size_bytes_ == 0) {
    reset();
    return;
  }
  while (bytes > 0) {
    const std::size_t rest = chunks_[first_].view().size() - written_bytes_;
    if (bytes < rest) {
      written_bytes_ += bytes;
      break;
    }
    bytes -= rest;
    chunks_[first_++] = {};
    written_bytes_ = 0;
  }
  if (first_ >= kCompactChunks && first_ * 2 >= chunks_.size()) {
    chunks_.erase(chunks_.begin(), chunks_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

void Outbox::reset() {
  first_ = 0;
  written_bytes_ = 0;
  const bool keep = chunks_.size() == 1 && !chunks_[0].shared && chunks_[0].owned.capacity() <= kKeptBytes;
  if (keep) {
    chunks_[0].owned.clear();
  } else if (chunks_.capacity() <= kKeptChunks) {
    chunks_.clear();
  } else {
    std::vector<Chunk>().swap(chunks_);
  }
}

}  // namespace threadmill::servers
