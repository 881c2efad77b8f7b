#pragma once
// Waiting for something that takes a while to come about.

#include <chrono>
#include <thread>

namespace threadmill {

/// Polls until `condition` holds; false after a limit that only something that never comes about meets.
template <typename Condition>
bool eventually(Condition condition, std::chrono::seconds limit = std::chrono::seconds(30)) {
  for (auto left = limit / std::chrono::milliseconds(10); left > 0; --left) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return condition();
}

}  // namespace threadmill
