#include "servers/net/asio_server.h"

#include <sys/socket.h>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>

namespace threadmill::servers {
namespace asio = boost::asio;

using asio::ip::tcp;
using boost::system::error_code;

AsioServer::AsioServer(asio::io_context& context, Listener& listener, const Service& service,
                       const ServeOptions& options, const StopToken& stop, Serve serve)
    : context_(context),
      listener_(listener),
      service_(service),
      options_(options),
      serve_(std::move(serve)),
      protocol_(listener.address().family() == AF_INET6 ? tcp::v6() : tcp::v4()),
      strand_(asio::make_strand(context)),
      clients_(context, listener.fd()),
      stop_(context, stop.fd()),
      drain_(context) {
  wait_for_clients();
  wait_for_stop();
}

AsioServer::~AsioServer() {
  // They belong to others.
  if (clients_.is_open()) clients_.release();
  if (stop_.is_open()) stop_.release();
}

void AsioServer::wait_for_clients() {
  clients_.async_wait(Watched::wait_read, asio::bind_executor(strand_, [this](const error_code& error) {
                        if (!error) accept_waiting();
                      }));
}

void AsioServer::accept_waiting() {
  if (!clients_.is_open()) return;
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    auto client = listener_.accept(SOCK_NONBLOCK, service_.refusal());
    if (!client) break;
    if (!admit(*client)) listener_.refuse(std::move(*client), service_.refusal());
  }
  wait_for_clients();
}

bool AsioServer::admit(os::Descriptor& client) {
  if (connection_count() >= options_.max_connections) return false;
  AsioSocket socket(context_);
  error_code error;
  socket.assign(protocol_, client.get(), error);
  if (error) return false;
  client.release();
  serve_(std::move(socket));
  return true;
}

void AsioServer::wait_for_stop() {
  stop_.async_wait(Watched::wait_read, asio::bind_executor(strand_, [this](const error_code&) { stop(); }));
}

void AsioServer::stop() {
  clients_.release();
  stop_.release();
  listener_.close();
  // What has arrived is still read, and then the end, as if the clients had stopped sending.
  shut_down_all(SHUT_RD);
  drain_.expires_after(options_.drain);
  drain_.async_wait(asio::bind_executor(strand_, [this](const error_code&) { shut_down_all(SHUT_RDWR); }));
  const std::lock_guard lock(mutex_);
  draining_ = true;
  end_when_drained();
}

void AsioServer::end_when_drained() {
  // The timer is the last that there is to wait for.
  if (draining_ && connections_.empty())
    asio::post(context_, asio::bind_executor(strand_, [this] { drain_.cancel(); }));
}

void AsioServer::enter(std::shared_ptr<AsioConnection> connection) {
  const std::lock_guard lock(mutex_);
  auto* key = connection.get();
  connections_[key] = std::move(connection);
}

void AsioServer::leave(AsioConnection& connection) {
  connection.end();
  const std::lock_guard lock(mutex_);
  connections_.erase(&connection);
  end_when_drained();
}

std::size_t AsioServer::connection_count() {
  const std::lock_guard lock(mutex_);
  return connections_.size();
}

void AsioServer::shut_down_all(int how) {
  const std::lock_guard lock(mutex_);
  for (auto& [key, connection] : connections_) connection->shut_down(how);
}

ServeCounts AsioServer::counts() const {
  return {listener_.accepted(), listener_.refused(), slow_.disconnected, slow_.deliveries_dropped};
}

}  // namespace threadmill::servers
