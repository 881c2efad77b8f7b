#pragma once
// What subscribers receive: encoded once, waited for by many connections.

#include <cstddef>
#include <memory>
#include <string>

namespace threadmill::servers {

/// One message, or a batch of them, as the bytes that go to every subscriber.
struct Publication {
  std::string bytes;
  std::size_t messages = 1;
};

/// Never changed once shared, so any thread may read it without a lock.
using SharedPublication = std::shared_ptr<const Publication>;

inline SharedPublication share(Publication publication) {
  return std::make_shared<const Publication>(std::move(publication));
}

}  // namespace threadmill::servers
