#pragma once
// What a sanitizer in this build, and so in the server under test, changes.

#include <cstddef>

namespace threadmill::conformance {

#if defined(__SANITIZE_THREAD__)
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kAddressSanitizer = true;
#else
inline constexpr bool kAddressSanitizer = false;
#endif

inline constexpr bool kSanitized = kThreadSanitizer || kAddressSanitizer;

/// Whether the memory of a server that is started with `tells_memory` is what it uses. ThreadSanitizer has a
/// shadow of every byte that was ever touched.
inline constexpr bool kMemoryIsTold = !kThreadSanitizer;

/// How much memory a byte that a server allocates may take: AddressSanitizer puts a zone around each piece,
/// and gives few pieces back to the kernel.
inline constexpr std::size_t kMemoryFactor = kAddressSanitizer ? 2 : 1;

}  // namespace threadmill::conformance
