#pragma once
// Spreads the bits of a number.

#include <cstdint>

namespace threadmill::load {

/// One to one, and far from linear: numbers that differ in one bit differ in about half of the bits
/// afterwards. The finalizer of splitmix64 (S. Vigna, https://prng.di.unimi.it/splitmix64.c).
constexpr std::uint64_t mix(std::uint64_t value) noexcept {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

/// What splitmix64 adds for each further number of a stream.
inline constexpr std::uint64_t kMixStep = 0x9e3779b97f4a7c15U;

}  // namespace threadmill::load
