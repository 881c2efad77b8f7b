#pragma once
// A connection whose strand runs on any of several threads.

#include <boost/asio/strand.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "servers/core/locked_fanout.h"
#include "servers/core/service.h"
#include "servers/journal/kept_lobby.h"
#include "servers/net/asio_server.h"
#include "servers/net/congestion.h"

namespace threadmill::servers {

/// What they share. Outlives them.
struct SharedByStrands {
  const Service& service;
  const ServeOptions& options;
  LockedFanout topics{};
  std::mutex rooms_mutex{};  ///< it delivers under it, which only hands over
  KeptLobby rooms{options, topics, Commit::at_once};
  Congestion congestion{};
};

/// Where nothing else is said, used from its strand: by one thread at a time. To its session it is the topics
/// and the rooms, so that what it is handed meanwhile goes out ahead of the next answer.
class StrandConnection : public AsioConnection,
                         private Fanout,
                         private Rooms,
                         public std::enable_shared_from_this<StrandConnection> {
 public:
  StrandConnection(boost::asio::io_context& context, AsioServer& server, SharedByStrands& shared,
                   AsioSocket socket);
  ~StrandConnection() override { end(); }

  /// Serves until the connection has ended, and keeps it as long. Called once it has entered the server.
  void start();

  /// Any thread. What is handed over counts as in the outbox at once; the strand puts it there.
  void deliver(const SharedPublication& publication) override;

  void end() override;

 private:
  void take_in(std::string_view bytes) override;
  /// Waits for what comes next.
  void go_on();
  void take_mail();
  /// Tells those who deliver how full the outbox is now.
  void settle();

  void join(std::string_view topic, Member& member) override { shared_.topics.join(topic, member); }
  void leave(std::string_view topic, Member& member) override;
  std::size_t publish(std::string_view topic, Publication publication) override;
  std::size_t member_count(std::string_view topic) override { return shared_.topics.member_count(topic); }
  std::vector<std::string> topics() override { return shared_.topics.topics(); }
  std::string run(Member& member, std::span<const std::string_view> words) override;
  void leave(Member& member, Departure how) override;

  AsioServer& server_;
  SharedByStrands& shared_;
  boost::asio::strand<AsioExecutor> strand_;
  std::string unread_;  ///< has arrived, and waits until those who are behind have caught up

  std::mutex mutex_;  ///< guards what follows
  std::vector<SharedPublication> mail_;
  std::size_t mail_charge_ = 0;
  std::size_t outbox_charge_ = 0;  ///< as settle() found it
  bool posted_ = false;            ///< the strand has been asked to take the mail
  bool behind_ = false;            ///< and has much of it to take
  bool too_slow_ = false;          ///< to be cut off
  bool deaf_ = false;              ///< takes no more
};

}  // namespace threadmill::servers
