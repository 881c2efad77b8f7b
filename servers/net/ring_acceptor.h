#pragma once
// Accepting through a ring.

#include <functional>
#include <string_view>

#include "servers/net/listener.h"
#include "servers/net/ring.h"

namespace threadmill::servers {

/// One request accepts client after client. Used in the ring's thread.
class RingAcceptor : public RingUser {
 public:
  /// `admit` takes each client, or refuses it. `refusal` is what clients are told for whom no descriptor is
  /// left.
  RingAcceptor(Ring& ring, Listener& listener, std::string_view refusal,
               std::function<void(os::Descriptor)> admit);

  void on_completion(unsigned tag, int result, std::uint32_t flags) override;

  /// Stops listening. Clients that come in meanwhile are still admitted.
  void stop();
  /// The kernel has no request of it any more.
  bool stopped() const { return stopping_ && !accepting_; }

 private:
  void accept();
  /// Short of descriptors, a request to accept fails whether a client waits or not: there is no use in asking
  /// before one does.
  void wait_for_client();
  void accept_waiting();
  void take(os::Descriptor client);

  Ring& ring_;
  Listener& listener_;
  const std::string_view refusal_;
  const std::function<void(os::Descriptor)> admit_;
  bool accepting_ = false;  ///< the kernel has a request, of either kind
  bool stopping_ = false;
};

}  // namespace threadmill::servers
