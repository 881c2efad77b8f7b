#include "servers/core/service.h"

#include "servers/core/chat_session.h"
#include "servers/core/echo_session.h"
#include "servers/core/web_service.h"

namespace threadmill::servers {
namespace {

class EchoService : public Service {
 public:
  std::string_view name() const override { return "echo"; }
  std::unique_ptr<Session> open(Fanout&, Member&) const override { return std::make_unique<EchoSession>(); }
  bool publishes() const override { return false; }
  std::string_view refusal() const override { return {}; }
};

class ChatService : public Service {
 public:
  explicit ChatService(const ServeOptions& options)
      : limits_{.message_bytes = options.max_message_bytes}, events_(options.events) {}
  std::string_view name() const override { return "chat"; }
  std::unique_ptr<Session> open(Fanout& fanout, Member& self) const override {
    return std::make_unique<ChatSession>(fanout, self, limits_, events_.get());
  }
  bool publishes() const override { return true; }
  std::string_view refusal() const override { return "-ERR max number of clients reached\r\n"; }

 private:
  ChatLimits limits_;
  std::shared_ptr<EventHistory> events_;
};

}  // namespace

std::unique_ptr<Service> make_service(std::string_view name, const ServeOptions& options) {
  if (name == "echo") return std::make_unique<EchoService>();
  if (name == "chat") return std::make_unique<ChatService>(options);
  if (name == "web") return std::make_unique<WebService>(options);
  return nullptr;
}

}  // namespace threadmill::servers
