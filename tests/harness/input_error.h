#pragma once

#include <functional>
#include <string>

#include "harness/errors.h"

namespace threadmill::harness {

/// The message of the InputError that `action` throws, or "no error".
inline std::string input_error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace threadmill::harness
