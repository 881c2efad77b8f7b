#pragma once
// The web service: topics over HTTP/1.1, and server-sent events to receive. servers/web/openapi.json
// describes it to clients.

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "servers/core/event_history.h"
#include "servers/core/fanout.h"
#include "servers/core/http_request.h"
#include "servers/core/http_response.h"
#include "servers/core/http_target.h"
#include "servers/core/session.h"
#include "servers/core/topic_log.h"

namespace threadmill::servers {

struct WebLimits {
  std::size_t header_bytes = 8 << 10;
  std::size_t body_bytes = 1 << 20;
  std::size_t topic_bytes = 200;       ///< of a topic's name
  std::size_t stream_topics = 64;      ///< of one event stream
  std::size_t replay_bytes = 2 << 20;  ///< that a client which resumes gets at once
};

/// Who else than our own page may talk to it; see http_origin.h.
struct WebTrust {
  std::string host;         ///< a name that Host may have, besides localhost and addresses; empty: none
  std::string cors_origin;  ///< an origin whose pages may use it, or "*"; empty: none
};

/// A path that is served, as servers/web/openapi.json writes it, and its methods besides OPTIONS and HEAD.
struct WebPath {
  std::string path;
  std::vector<std::string_view> methods;
};

/// Answers requests one after the other, pipelined ones too, until a GET /events makes it an event stream,
/// which ends with the connection: from then on what the client sends is not looked at. A refusal of the
/// reader (HttpRequestReader) ends the connection.
class HttpSession : public Session, private DeedWaiter {
 public:
  /// All but `limits` outlive the session.
  HttpSession(Fanout& fanout, Member& self, EventHistory& history, const WebLimits& limits,
              const WebTrust& trust);
  ~HttpSession() override;

  /// All of them, files of the page included.
  static std::vector<WebPath> paths();

  Verdict on_bytes(std::string_view bytes, Outbox& out) override;
  /// An event stream does, by the id of the latest event that it has seen.
  bool resumes() const override { return streaming_; }
  bool waits() const override { return awaited_ && !awaited_->response; }

 private:
  struct Exchange;
  struct Route;
  static std::span<const Route> routes();
  static const Route* find_route(const HttpTarget& target);

  /// A request whose deed is on its way through the log.
  struct Awaited {
    std::string origin;
    HttpDelivery delivery;
    std::optional<HttpResponse> response;  ///< once it is known
  };

  Verdict take(std::string_view bytes, Outbox& out);
  /// Where a request is awaited: sends its response, once that is there, and goes on behind it.
  Verdict go_on(std::string_view bytes, Outbox& out);
  void on_outcome(const TopicDeed& deed, const DeedOutcome& outcome) override;
  void send(HttpResponse response, std::string_view origin, const HttpDelivery& delivery, Outbox& out) const;
  /// Answers `request`; whether the connection goes on.
  Verdict respond(const HttpRequest& request, Outbox& out);
  HttpResponse answer(const HttpRequest& request, Outbox& out);
  HttpResponse dispatch(Exchange exchange);
  /// To OPTIONS, or to a method that the path does not take.
  HttpResponse other_method(const Route& route, std::string_view method) const;

  /// As EventHistory::create(): topics that have subscribers stay, and those that are `wanted`.
  EventHistory::Creation create(const std::string& topic, const std::set<std::string>& wanted);
  /// What a log's other readers are told of a topic that is created here by being subscribed to.
  void tell_log(const std::string& topic);
  HttpResponse page(const Exchange& exchange);
  HttpResponse list_topics(const Exchange& exchange);
  HttpResponse show_topic(const Exchange& exchange);
  HttpResponse create_topic(const Exchange& exchange);
  HttpResponse delete_topic(const Exchange& exchange);
  HttpResponse publish(const Exchange& exchange);
  HttpResponse open_stream(const Exchange& exchange);
  /// Does it, or lets the log: then the request is awaited, and what is returned means nothing.
  HttpResponse carry_out(TopicDeed deed);
  HttpResponse response_to(const TopicDeed& deed, const DeedOutcome& outcome) const;
  /// Joins the topics, behind the header and what the client has missed.
  void start_stream(const Exchange& exchange, const std::set<std::string>& topics);

  Fanout& fanout_;
  Member& self_;
  EventHistory& history_;
  const WebLimits limits_;
  const WebTrust& trust_;
  HttpRequestReader reader_;
  std::optional<Awaited> awaited_;
  std::string held_;  ///< what came behind it
  bool streaming_ = false;
  std::set<std::string> topics_;  ///< of the stream
};

}  // namespace threadmill::servers
