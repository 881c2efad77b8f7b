#pragma once

#include <functional>
#include <string>

namespace threadmill {

/// The message of the `Error` that `action` throws, or "no error".
template <typename Error>
std::string thrown_by(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace threadmill
