#pragma once

#include <functional>
#include <string>

#include "json/error.h"

namespace threadmill::json {

/// The message of the JsonError that `action` throws, or "no error".
inline std::string json_error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const JsonError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace threadmill::json
