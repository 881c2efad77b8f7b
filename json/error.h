#pragma once
// How reading what a person wrote fails.

#include <stdexcept>

namespace threadmill::json {

/// One line: the file or document, the key with its path, what is wrong with it, what is allowed.
class JsonError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace threadmill::json
