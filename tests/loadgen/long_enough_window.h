#pragma once
// Windows of time for tests of what comes about within one.

namespace threadmill::load {

/// Calls `enough(seconds)` with a short window and then with longer ones, until it says that what was to
/// happen in the window has happened. A thread of a busy machine may not run for seconds: then nothing
/// happens in a short window, whatever is tested. False where the longest was not enough either.
template <typename Enough>
bool in_long_enough_window(Enough enough) {
  for (const double seconds : {0.2, 1.0, 5.0, 25.0}) {
    if (enough(seconds)) return true;
  }
  return false;
}

}  // namespace threadmill::load
