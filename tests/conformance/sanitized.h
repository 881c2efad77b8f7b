#pragma once
// What a sanitizer in this build, and so in the server under test, changes.

#include <cstddef>
#include <string_view>

namespace threadmill::conformance {

// Of the build: the tests themselves are compiled without it.
inline constexpr std::string_view kSanitizers = THREADMILL_SANITIZE;
inline constexpr bool kThreadSanitizer = kSanitizers.find("thread") != std::string_view::npos;
inline constexpr bool kAddressSanitizer = kSanitizers.find("address") != std::string_view::npos;

inline constexpr bool kSanitized = kThreadSanitizer || kAddressSanitizer;

/// Whether the memory of a server that is started with `tells_memory` is what it uses. ThreadSanitizer has a
/// shadow of every byte that was ever touched.
inline constexpr bool kMemoryIsTold = !kThreadSanitizer;

/// How much memory a byte that a server allocates may take: AddressSanitizer puts a zone around each piece,
/// and gives few pieces back to the kernel.
inline constexpr std::size_t kMemoryFactor = kAddressSanitizer ? 2 : 1;

}  // namespace threadmill::conformance
