#pragma once
// Whether this build, and so the server under test, has a sanitizer in it.

namespace threadmill::conformance {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

/// A sanitizer keeps what was freed, and has memory of its own. What nobody points at any more
/// AddressSanitizer finds when the server ends, which it then does with another exit code.
inline constexpr bool kMemoryIsTold = !kSanitized;

}  // namespace threadmill::conformance
