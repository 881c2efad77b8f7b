#include "servers/core/http_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "servers/core/channel.h"
#include "servers/core/http_origin.h"
#include "servers/core/web_files.h"

namespace threadmill::servers {
namespace {

using nlohmann::ordered_json;

// How long a client waits before it connects anew.
constexpr std::string_view kRetry = "retry: 1000\n";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kBytes = "application/octet-stream";
// As in openapi.json.
constexpr std::string_view kTopicSegment = "{topic}";

HttpResponse json_response(int status, const ordered_json& body) {
  HttpResponse response;
  response.status = status;
  response.content_type = kJson;
  response.body = body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  response.fields = "Cache-Control: no-store\r\n";
  return response;
}

/// "text/plain; charset=utf-8" is "text/plain".
std::string media_type(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
  for (char& c : type) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return type;
}

/// The text of {"data": "text"}; nothing when the body is anything else.
std::optional<std::string> text_of_message(const std::string& body) {
  const auto message = ordered_json::parse(body, nullptr, false);
  if (!message.is_object() || message.size() != 1) return std::nullopt;
  const auto data = message.find("data");
  if (data == message.end() || !data->is_string()) return std::nullopt;
  return data->get<std::string>();
}

/// Why a name cannot be a topic's; empty when it can.
std::string fault_of_topic(std::string_view topic, std::size_t limit_bytes) {
  if (topic.empty()) return "a topic has a name";
  if (topic.size() > limit_bytes) {
    return fmt::format("the topic's name is longer than the limit of {} bytes", limit_bytes);
  }
  const bool has_control = std::any_of(
      topic.begin(), topic.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return has_control ? "a topic's name has no control characters" : "";
}

HttpResponse no_room(const EventHistory& history) {
  return problem(
      507,
      fmt::format("there are {} topics with subscribers, which is the limit; try again when one has none",
                  history.limits().topics));
}

}  // namespace

/// A request on its way to its answer.
struct HttpSession::Exchange {
  const HttpRequest& request;
  const HttpTarget& target;
  Outbox& out;
  std::string topic;  ///< of a path that has one
};

/// What a path offers.
struct HttpSession::Route {
  using Handler = HttpResponse (HttpSession::*)(const Exchange&);
  struct Method {
    std::string_view name;
    Handler handler;
  };
  std::span<const std::string_view> segments;  ///< of the path; kTopicSegment stands for any
  std::span<const Method> methods;
  bool streams = false;  ///< GET does not end, so there is no HEAD

  /// Whether the second segment is a topic.
  bool has_topic() const { return segments.size() > 1; }

  bool matches(std::span<const std::string> path) const {
    return std::ranges::equal(segments, path, [](std::string_view segment, std::string_view given) {
      return segment == kTopicSegment || segment == given;
    });
  }

  /// Null for a method that the path does not take.
  Handler find(std::string_view name) const {
    if (name == "HEAD" && !streams) name = "GET";
    const auto found = std::find_if(methods.begin(), methods.end(),
                                    [&](const Method& method) { return method.name == name; });
    return found == methods.end() ? nullptr : found->handler;
  }

  std::string allowed() const {
    std::string names;
    for (const auto& method : methods) names += fmt::format("{}, ", method.name);
    return names + "OPTIONS";
  }
};

std::span<const HttpSession::Route> HttpSession::routes() {
  using Method = Route::Method;
  static constexpr std::array kPage = {Method{"GET", &HttpSession::page}};
  static constexpr std::array kTopics = {Method{"GET", &HttpSession::list_topics}};
  static constexpr std::array kTopic = {Method{"GET", &HttpSession::show_topic},
                                        Method{"PUT", &HttpSession::create_topic},
                                        Method{"DELETE", &HttpSession::delete_topic}};
  static constexpr std::array kMessages = {Method{"POST", &HttpSession::publish}};
  static constexpr std::array kEvents = {Method{"GET", &HttpSession::open_stream}};
  static constexpr std::array<std::string_view, 3> kTopicsPath = {"topics", kTopicSegment, "messages"};
  static constexpr std::array<std::string_view, 1> kEventsPath = {"events"};
  static constexpr std::span<const std::string_view> path(kTopicsPath);
  static constexpr std::array kRoutes = {Route{{}, kPage}, Route{path.first(1), kTopics},
                                         Route{path.first(2), kTopic}, Route{path, kMessages},
                                         Route{kEventsPath, kEvents, true}};
  return kRoutes;
}

const HttpSession::Route* HttpSession::find_route(const HttpTarget& target) {
  const auto& path = target.path;
  const auto found = std::ranges::find_if(routes(), [&](const Route& route) { return route.matches(path); });
  if (found != routes().end()) return &*found;
  return path.size() == 1 && find_web_file(path[0]) != nullptr ? &routes().front() : nullptr;
}

std::vector<WebPath> HttpSession::paths() {
  std::vector<WebPath> paths;
  for (const auto& route : routes()) {
    auto& path = paths.emplace_back();
    for (const auto segment : route.segments) path.path += fmt::format("/{}", segment);
    if (path.path.empty()) path.path = "/";
    for (const auto& method : route.methods) path.methods.push_back(method.name);
  }
  for (const auto& file : web_files()) {
    if (!file.name.empty()) paths.push_back({fmt::format("/{}", file.name), {"GET"}});
  }
  return paths;
}

HttpSession::HttpSession(Fanout& fanout, Member& self, EventHistory& history, const WebLimits& limits,
                         const WebTrust& trust)
    : fanout_(fanout),
      self_(self),
      history_(history),
      limits_(limits),
      trust_(trust),
      reader_({.header_bytes = limits.header_bytes, .body_bytes = limits.body_bytes}) {}

HttpSession::~HttpSession() {
  if (waits()) fanout_.log()->forget(*this);
  if (!streaming_) return;
  fanout_.leave(kHeartbeatFace, self_);
  for (const auto& topic : topics_) fanout_.leave(SseFace(topic).name(), self_);
}

Verdict HttpSession::on_bytes(std::string_view bytes, Outbox& out) {
  return awaited_ ? go_on(bytes, out) : take(bytes, out);
}

Verdict HttpSession::go_on(std::string_view bytes, Outbox& out) {
  held_.append(bytes);
  if (waits()) return Verdict::keep;
  const Awaited answered = std::move(awaited_.value());
  awaited_.reset();
  send(*answered.response, answered.origin, answered.delivery, out);
  const std::string held = std::exchange(held_, {});
  return answered.delivery.close ? Verdict::close : take(held, out);
}

Verdict HttpSession::take(std::string_view bytes, Outbox& out) {
  auto verdict = Verdict::keep;
  while (!bytes.empty() && !streaming_ && !awaited_ && verdict == Verdict::keep) {
    const auto status = reader_.take(bytes);
    if (status == HttpRequestReader::Status::complete) {
      verdict = respond(reader_.request(), out);
    } else if (status == HttpRequestReader::Status::refused) {
      std::string text;
      append_response(text, problem(reader_.refusal().status, reader_.refusal().detail), {.close = true});
      out.append(text);
      verdict = Verdict::close;
    } else if (reader_.wants_continue()) {
      out.append("HTTP/1.1 100 Continue\r\n\r\n");
    }
  }
  if (awaited_) held_.assign(bytes);
  return verdict;
}

Verdict HttpSession::respond(const HttpRequest& request, Outbox& out) {
  auto response = answer(request, out);
  if (streaming_) return Verdict::keep;
  const HttpDelivery delivery{.close = !request.keep_alive, .head_only = request.method == "HEAD"};
  if (awaited_) {
    awaited_->origin = request.origin;
    awaited_->delivery = delivery;
    return Verdict::keep;
  }
  send(std::move(response), request.origin, delivery, out);
  return request.keep_alive ? Verdict::keep : Verdict::close;
}

void HttpSession::send(HttpResponse response, std::string_view origin, const HttpDelivery& delivery,
                       Outbox& out) const {
  response.fields += cors_fields(origin, trust_.cors_origin);
  std::string text;
  append_response(text, response, delivery);
  out.append(text);
}

HttpResponse HttpSession::answer(const HttpRequest& request, Outbox& out) {
  if (!is_own_host(request.host, trust_.host)) {
    return problem(421, "this Host is not known here; use an address or localhost, or start with --web-host");
  }
  // A page may leave Origin out of a GET, whose answer it cannot read; but asking for events makes topics.
  const bool is_silent_about_origin =
      request.origin.empty() && request.from_foreign_page && trust_.cors_origin != "*";
  if (is_silent_about_origin || !is_welcome_origin(request.origin, request.host, trust_.cors_origin)) {
    return problem(403, "pages of this origin may not use this server; --web-cors ORIGIN would allow it");
  }
  const auto target = parse_target(request.target);
  if (!target) return problem(400, "the request's target is malformed");
  return dispatch({request, *target, out, {}});
}

HttpResponse HttpSession::dispatch(Exchange exchange) {
  const std::string& method = exchange.request.method;
  const Route* route = find_route(exchange.target);
  if (route == nullptr) return problem(404, "there is nothing at this path; see /openapi.json");
  const auto handler = route->find(method);
  if (handler == nullptr) return other_method(*route, method);
  if (route->has_topic()) {
    exchange.topic = exchange.target.path[1];
    const auto fault = fault_of_topic(exchange.topic, limits_.topic_bytes);
    if (!fault.empty()) return problem(400, fault);
  }
  return (this->*handler)(exchange);
}

HttpResponse HttpSession::other_method(const Route& route, std::string_view method) const {
  const auto allowed = route.allowed();
  HttpResponse response;
  if (method != "OPTIONS") {
    response = problem(405, fmt::format("this path takes {}", allowed));
  } else {
    response.status = 204;
    if (!trust_.cors_origin.empty()) {
      response.fields = field_line("Access-Control-Allow-Methods", allowed) +
                        field_line("Access-Control-Allow-Headers", "Content-Type, Last-Event-ID") +
                        field_line("Access-Control-Max-Age", "600");
    }
  }
  response.fields += field_line("Allow", allowed);
  return response;
}

HttpResponse HttpSession::page(const Exchange& exchange) {
  const auto& path = exchange.target.path;
  const WebFile& file = *find_web_file(path.empty() ? "" : path[0]);
  HttpResponse response;
  response.content_type = file.content_type;
  response.body = file.content;
  // The page loads nothing from elsewhere, runs no script but its own and is shown in nobody's frame.
  response.fields =
      "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
      "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
      "Referrer-Policy: no-referrer\r\n"
      "Cache-Control: no-cache\r\n";
  return response;
}

HttpResponse HttpSession::list_topics(const Exchange&) {
  auto names = history_.topics();
  const auto subscribed = subscribed_topics(fanout_);
  names.insert(names.end(), subscribed.begin(), subscribed.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  auto topics = ordered_json::array();
  for (const auto& name : names) {
    topics.push_back({{"topic", name}, {"subscribers", subscriber_count(fanout_, name, &history_)}});
  }
  ordered_json body;
  body["topics"] = std::move(topics);
  return json_response(200, body);
}

HttpResponse HttpSession::show_topic(const Exchange& exchange) {
  const auto& topic = exchange.topic;
  const std::size_t subscribers = subscriber_count(fanout_, topic, &history_);
  if (!history_.keeps(topic) && subscribers == 0) {
    return problem(404, "there is no such topic; PUT creates it");
  }
  return json_response(200, {{"topic", topic},
                             {"subscribers", subscribers},
                             {"history", history_.message_count(topic)},
                             {"last_id", history_.last_id()}});
}

EventHistory::Creation HttpSession::create(const std::string& topic, const std::set<std::string>& wanted) {
  return history_.create(topic, [&](std::string_view name) {
    return wanted.contains(std::string(name)) || subscriber_count(fanout_, name, &history_) > 0;
  });
}

HttpResponse HttpSession::create_topic(const Exchange& exchange) {
  return carry_out({TopicDeed::Kind::create, exchange.topic, {}});
}

HttpResponse HttpSession::carry_out(TopicDeed deed) {
  TopicLog* const log = fanout_.log();
  if (log == nullptr) return response_to(deed, perform(deed, fanout_, &history_));
  awaited_.emplace();
  log->append(std::move(deed), this, self_);
  return {};
}

void HttpSession::on_outcome(const TopicDeed& deed, const DeedOutcome& outcome) {
  awaited_->response = response_to(deed, outcome);
}

HttpResponse HttpSession::response_to(const TopicDeed& deed, const DeedOutcome& outcome) const {
  using Creation = EventHistory::Creation;
  if (!outcome.error.empty()) return problem(503, outcome.error);
  if (outcome.creation == Creation::full) return no_room(history_);
  if (deed.kind == TopicDeed::Kind::create) {
    return json_response(outcome.creation == Creation::created ? 201 : 200,
                         {{"topic", deed.topic}, {"last_id", history_.last_id()}});
  }
  if (deed.kind == TopicDeed::Kind::post)
    return json_response(200, {{"id", history_.last_id()}, {"receivers", outcome.receivers}});
  if (!outcome.erased) return problem(404, "there is no such topic");
  HttpResponse response;
  response.status = 204;
  return response;
}

void HttpSession::tell_log(const std::string& topic) {
  if (fanout_.log() == nullptr || history_.keeps(topic)) return;
  fanout_.log()->append({TopicDeed::Kind::create, topic, {}}, nullptr, self_);
}

HttpResponse HttpSession::delete_topic(const Exchange& exchange) {
  return carry_out({TopicDeed::Kind::erase, exchange.topic, {}});
}

HttpResponse HttpSession::publish(const Exchange& exchange) {
  // A form of a foreign page can send neither of the two types without asking first (CORS preflight).
  const auto type = media_type(exchange.request.content_type);
  std::optional<std::string> text;
  if (type == kJson) {
    text = text_of_message(exchange.request.body);
    if (!text) return problem(400, "the body has to be {\"data\": \"TEXT\"}");
  } else if (type != kBytes) {
    return problem(415, fmt::format("the Content-Type has to be {} or {}", kJson, kBytes));
  }
  return carry_out({TopicDeed::Kind::post, exchange.topic, text ? *text : exchange.request.body});
}

HttpResponse HttpSession::open_stream(const Exchange& exchange) {
  const auto names = exchange.target.all("topic");
  const std::set<std::string> topics(names.begin(), names.end());
  if (topics.empty()) return problem(400, "name a topic: /events?topic=NAME");
  if (topics.size() > limits_.stream_topics) {
    return problem(400, fmt::format("more topics than the limit of {} a stream", limits_.stream_topics));
  }
  for (const auto& topic : topics) {
    const auto fault = fault_of_topic(topic, limits_.topic_bytes);
    if (!fault.empty()) return problem(400, fault);
  }
  for (const auto& topic : topics) {
    tell_log(topic);
    if (create(topic, topics) == EventHistory::Creation::full) return no_room(history_);
  }
  start_stream(exchange, topics);
  return {};
}

void HttpSession::start_stream(const Exchange& exchange, const std::set<std::string>& topics) {
  const auto& request = exchange.request;
  // A browser that connects anew sends the latest id in the header; the address is that of the first time.
  const std::string_view after =
      request.last_event_id.empty() ? exchange.target.first("after").value_or("") : request.last_event_id;
  std::string text =
      "HTTP/1.1 200 OK\r\n"
      "Content-Type: text/event-stream\r\n"
      "X-Content-Type-Options: nosniff\r\n"
      "Cache-Control: no-store\r\n"
      "Connection: close\r\n";
  text += cors_fields(request.origin, trust_.cors_origin);
  text += "\r\n";
  if (!after.empty()) {
    const std::vector<std::string> names(topics.begin(), topics.end());
    text += history_.replay(names, after, limits_.replay_bytes);
  }
  // From here on the client knows where it is, before anything is published. It has data, for browsers tell a
  // page of no event without: one that is refused when it connects anew has to ask for itself what came
  // since.
  text += fmt::format("{}event: here\nid: {}\ndata: {{}}\n\n", kRetry, history_.last_id());
  exchange.out.append(text);
  // What a batching fan-out holds back is in the history: it goes to the others first, and not to us.
  streaming_ = true;
  topics_ = topics;
  fanout_.join(kHeartbeatFace, self_);
  for (const auto& topic : topics_) fanout_.join(SseFace(topic).name(), self_);
}

}  // namespace threadmill::servers
