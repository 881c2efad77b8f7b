#pragma once
// The listening socket, the same for every model.

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "os/address.h"
#include "os/descriptor.h"

namespace threadmill::servers {

/// Clients taken in one turn, so that a storm of new ones does not hold up those that are served. The same
/// for every model: part of the fairness contract.
inline constexpr int kAcceptsPerTurn = 64;

/// Listens from construction until close(). Used by one thread.
///
/// When descriptors run out, accept(2) fails while the client stays in the queue, and a readiness loop would
/// spin. The listener keeps one spare descriptor: it gives that up, accepts, refuses the client politely and
/// takes a spare again (the remedy that libev's documentation describes under "The special problem of
/// accept()ing when you can't").
class Listener {
 public:
  /// Port 0 takes a free port. Throws std::system_error or std::invalid_argument with a remedy in its text,
  /// which names the `option` that the port is from.
  Listener(const std::string& host, std::uint16_t port, int backlog, std::string_view option = "--port");

  int fd() const { return socket_.get(); }
  os::SocketAddress address() const { return os::SocketAddress::of_socket(socket_.get()); }

  /// The next waiting client, with TCP_NODELAY set, or nothing when none waits. Never blocks. A client that
  /// cannot be taken for want of descriptors is told `refusal` and counted. `flags` are those of accept4(2).
  std::optional<os::Descriptor> accept(int flags, std::string_view refusal);

  /// A client that the kernel has accepted on this socket in another way (a ring of io_uring): made as
  /// accept() makes it, and counted.
  os::Descriptor taken(int client);

  /// False where taken() has got the descriptor that is kept to refuse others with: its client is to be
  /// refused, and then this asked again.
  bool has_spare();

  /// Tells a client that there is no room and hangs up; counted.
  void refuse(os::Descriptor client, std::string_view refusal);

  /// Another socket that listens on the same address: the kernel deals new clients out to all of them
  /// (SO_REUSEPORT of socket(7)). Each may be used by another thread. Nobody else can have taken the address,
  /// for the first socket was bound alone. Throws std::system_error.
  Listener share_address(int backlog);

  /// Tells a client that there is no room, as far as it can be told without waiting.
  static void tell(int client, std::string_view refusal);

  /// Stops listening: further clients are refused by the kernel, even where child processes hold the socket
  /// too.
  void close();

  /// What a child process keeps to accept by itself.
  std::array<int, 2> descriptors() const { return {socket_.get(), spare_->descriptor.get()}; }

  std::uint64_t accepted() const { return accepted_; }
  std::uint64_t refused() const { return refused_; }

 private:
  Listener() = default;
  void refuse_with_spare(std::string_view refusal);

  os::Descriptor socket_;
  /// Of all that share an address.
  struct Spare {
    std::mutex taking;  ///< held where descriptors are taken: none may take what another gives up
    os::Descriptor descriptor;
  };
  std::shared_ptr<Spare> spare_ = std::make_shared<Spare>();
  std::uint64_t accepted_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace threadmill::servers
