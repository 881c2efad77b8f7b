#include "servers/net/ring_buffers.h"

#include <system_error>

#include "os/errors.h"

namespace threadmill::servers {
namespace {

constexpr std::size_t kBufferBytes = 8 << 10;
// Buffers do not begin at the same place of a page, as what is short would then compete for the same lines of
// the cache.
constexpr std::size_t kStrideBytes = kBufferBytes + 64;
constexpr std::size_t kBlockBuffers = 256;
constexpr unsigned kMostBuffers = 4096;  // a power of 2, as the kernel wants it
constexpr std::size_t kFreeListBytes = kMostBuffers * sizeof(io_uring_buf);

io_uring_buf_ring* map_free_list() {
  void* memory = ::mmap(nullptr, kFreeListBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) os::throw_errno("mmap of the list of free buffers");
  return static_cast<io_uring_buf_ring*>(memory);
}

}  // namespace

void RingBuffers::Unmap::operator()(io_uring_buf_ring* ring) const { ::munmap(ring, kFreeListBytes); }

RingBuffers::RingBuffers(Ring& ring) : free_(map_free_list()) {
  io_uring_buf_ring_init(free_.get());
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uintptr_t>(free_.get());
  registration.ring_entries = kMostBuffers;
  registration.bgid = kGroup;
  const int result = io_uring_register_buf_ring(ring.raw(), &registration, 0);
  if (result < 0) throw std::system_error(-result, std::generic_category(), "io_uring_register_buf_ring");
  grow();
}

std::string_view RingBuffers::bytes(int result, std::uint32_t flags) const {
  return {buffer(flags >> IORING_CQE_BUFFER_SHIFT), static_cast<std::size_t>(result)};
}

void RingBuffers::give_back(std::uint32_t flags) {
  if ((flags & IORING_CQE_F_BUFFER) == 0) return;
  add(flags >> IORING_CQE_BUFFER_SHIFT);
  io_uring_buf_ring_advance(free_.get(), 1);
}

void RingBuffers::grow() {
  const std::size_t first = blocks_.size() * kBlockBuffers;
  if (first == kMostBuffers) return;
  blocks_.push_back(std::make_unique_for_overwrite<char[]>(kBlockBuffers * kStrideBytes));
  for (std::size_t i = 0; i < kBlockBuffers; ++i) {
    add(first + i);
    io_uring_buf_ring_advance(free_.get(), 1);
  }
}

char* RingBuffers::buffer(std::size_t number) const {
  return blocks_[number / kBlockBuffers].get() + (number % kBlockBuffers) * kStrideBytes;
}

void RingBuffers::add(std::size_t number) {
  io_uring_buf_ring_add(free_.get(), buffer(number), kBufferBytes, static_cast<unsigned short>(number),
                        io_uring_buf_ring_mask(kMostBuffers), 0);
}

}  // namespace threadmill::servers
