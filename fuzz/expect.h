#pragma once
// What a fuzz target asserts.

#include <cstdio>
#include <cstdlib>

namespace threadmill::fuzz {

/// Ends the program, as a sanitizer would, where an invariant does not hold.
inline void expect(bool holds, const char* invariant) {
  if (holds) return;
  std::fprintf(stderr, "broken invariant: %s\n", invariant);
  std::abort();
}

}  // namespace threadmill::fuzz
