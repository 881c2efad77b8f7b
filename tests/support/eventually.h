#pragma once
// Waiting for something that takes a while to come about.

#include <chrono>
#include <thread>

namespace threadmill {

/// Polls until `condition` holds; false after a limit that only something that never comes about meets.
template <typename Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 3000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return condition();
}

}  // namespace threadmill
