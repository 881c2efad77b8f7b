#pragma once
// Accepting, stopping and draining of the models on Boost.Asio.

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "servers/core/service.h"
#include "servers/counts.h"
#include "servers/net/asio_connection.h"
#include "servers/net/listener.h"
#include "servers/net/stop_token.h"

namespace threadmill::servers {

/// Serves in whatever threads run `context`, whose run() returns when all has drained after a stop request.
class AsioServer {
 public:
  /// Begins to serve a client whose socket is given, and calls leave() when that is over.
  using Serve = std::function<void(AsioSocket)>;

  /// All outlive it. Throws std::system_error.
  AsioServer(boost::asio::io_context& context, Listener& listener, const Service& service,
             const ServeOptions& options, const StopToken& stop, Serve serve);
  ~AsioServer();

  const ServeOptions& options() const { return options_; }
  SlowConsumers& slow() { return slow_; }

  // Any thread:

  /// Keeps a connection until it leaves.
  void enter(std::shared_ptr<AsioConnection> connection);
  /// Its session ends, and its socket is closed as soon as nobody else keeps it.
  void leave(AsioConnection& connection);

  /// Once all has drained.
  ServeCounts counts() const;

 private:
  using Watched = boost::asio::posix::basic_stream_descriptor<AsioExecutor>;
  using Timer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                        boost::asio::wait_traits<std::chrono::steady_clock>, AsioExecutor>;

  // On the strand:
  void wait_for_clients();
  void accept_waiting();
  bool admit(os::Descriptor& client);
  void wait_for_stop();
  void stop();
  void end_when_drained();

  std::size_t connection_count();
  void shut_down_all(int how);

  boost::asio::io_context& context_;
  Listener& listener_;
  const Service& service_;
  const ServeOptions& options_;
  const Serve serve_;
  const boost::asio::ip::tcp protocol_;
  SlowConsumers slow_;
  boost::asio::strand<AsioExecutor> strand_;  ///< accepting and stopping do not happen side by side
  Watched clients_;
  Watched stop_;
  Timer drain_;
  std::mutex mutex_;  ///< guards what follows
  std::unordered_map<AsioConnection*, std::shared_ptr<AsioConnection>> connections_;
  bool draining_ = false;
};

}  // namespace threadmill::servers
