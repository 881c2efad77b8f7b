#pragma once
// Bytes that are encoded once and waited for by many connections.

#include <memory>
#include <string>

namespace threadmill::servers {

/// Never changed once shared, so any thread may read it without a lock.
using SharedBytes = std::shared_ptr<const std::string>;

inline SharedBytes share(std::string bytes) { return std::make_shared<const std::string>(std::move(bytes)); }

}  // namespace threadmill::servers
