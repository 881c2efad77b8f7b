#pragma once
// Memory that a process shares with its children.

#include <sys/mman.h>

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

#include "os/errors.h"

namespace threadmill::servers {

/// `count` values, zero at first, made before the children are forked. They are of a kind that can be shared:
/// atomics that need no lock.
template <typename Value>
class SharedArray {
  static_assert(std::is_trivially_destructible_v<Value>);

 public:
  /// Throws std::system_error.
  explicit SharedArray(std::size_t count) : count_(count) {
    void* memory =
        ::mmap(nullptr, count * sizeof(Value), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) os::throw_errno("mmap");
    values_ = static_cast<Value*>(memory);
    std::uninitialized_value_construct_n(values_, count);
  }
  ~SharedArray() { ::munmap(values_, count_ * sizeof(Value)); }
  SharedArray(const SharedArray&) = delete;
  SharedArray& operator=(const SharedArray&) = delete;

  std::size_t size() const { return count_; }
  Value& operator[](std::size_t i) { return values_[i]; }
  const Value& operator[](std::size_t i) const { return values_[i]; }

 private:
  std::size_t count_;
  Value* values_;
};

}  // namespace threadmill::servers
