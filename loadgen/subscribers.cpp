#include "loadgen/subscribers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "loadgen/seating.h"

namespace threadmill::load {
namespace {

constexpr std::size_t kMostMissing = 1'000'000;

constexpr std::size_t kMostQuotedBytes = 200;

std::vector<PushShape> shapes_of(const PubsubProtocol& protocol, std::string_view topic,
                                 const MessageSizes& sizes) {
  std::vector<PushShape> shapes;
  for (std::size_t i = 0; i < sizes.count(); ++i) {
    auto shape = protocol.push_shape(topic, sizes.bytes(i));
    if (!shape) return {};
    shapes.push_back(*std::move(shape));
  }
  return shapes;
}

}  // namespace

std::size_t Subscribers::count_of(const Plan& plan, std::size_t thread) {
  const std::size_t all = plan.pubsub.subscribers;
  return all > thread ? (all - thread + plan.threads - 1) / plan.threads : 0;
}

Subscribers::Subscribers(const Plan& plan, std::size_t thread, Engine& engine, PubsubShared& shared,
                         const PubsubProtocol& protocol, std::size_t first_connection)
    : plan_(plan),
      protocol_(protocol),
      form_(protocol.text_only()),
      sizes_(plan.message_sizes()),
      paced_(plan.arrivals.paced()),
      thread_(thread),
      engine_(engine),
      shared_(shared),
      first_connection_(first_connection),
      topics_(plan.pubsub.topics),
      subscribers_(count_of(plan, thread)),
      is_advanced_(plan.pubsub.publishers),
      outgoing_(subscribers_.size(), engine, first_connection),
      acknowledgements_(plan.pubsub.confirm ? subscribers_.size() : 0, outgoing_) {
  const auto& load = plan.pubsub;
  const Seating seating(load);
  for (std::size_t i = 0; i < subscribers_.size(); ++i) {
    const auto number = static_cast<std::uint32_t>(thread + i * plan.threads);
    const std::uint32_t topic = seating.topic_of_subscriber(number);
    auto& stream = topics_[topic];
    if (!stream) stream = make_stream(topic, seating.publishers_of(topic));
    stream->add_subscriber();
    subscribers_[i].topic = stream.get();
    subscribers_[i].expected_at = expected_.size();
    expected_.resize(expected_.size() + stream->publishers());
  }
  for (std::uint32_t publisher = 0; publisher < load.publishers; ++publisher) {
    if (!topics_[seating.topic_of_publisher(publisher)])
      shared.set_complete(thread, publisher, PubsubShared::kNoSubscribers);
  }
}

std::unique_ptr<TopicStream> Subscribers::make_stream(std::uint32_t topic, std::uint32_t publishers) const {
  const std::string name = topic_name(topic);
  return std::make_unique<TopicStream>(topic, shapes_of(protocol_, name, sizes_),
                                       protocol_.most_push_bytes(name, plan_.message_bytes), publishers,
                                       plan_.pubsub.window);
}

void Subscribers::greet(std::size_t index) {
  const auto number = static_cast<std::uint32_t>(thread_ + index * plan_.threads);
  const std::string command =
      protocol_.subscribe_command(number, topic_name(subscribers_[index].topic->topic()));
  // A new connection has room for so little; if not, the confirmation never comes and that is reported.
  engine_.send(first_connection_ + index, command.data(), command.size());
}

std::size_t Subscribers::on_greeting(std::size_t index, std::string_view bytes) {
  const Greeting greeting = protocol_.read_subscriber_greeting(bytes);
  if (greeting.status == Greeting::Status::incomplete) return 0;
  const std::size_t connection = first_connection_ + index;
  if (greeting.status == Greeting::Status::confirmed) {
    if (greeting.chunked) subscribers_[index].body = std::make_unique<ChunkedBody>();
    engine_.ready(connection);
    return greeting.bytes;
  }
  if (greeting.status == Greeting::Status::refused) engine_.totals().count_error(&Errors::server);
  engine_.lose(connection, Loss::protocol, greeting.reason);
  return 0;
}

std::size_t Subscribers::unchunk(std::size_t index, std::span<char> bytes) {
  ChunkedBody& body = *subscribers_[index].body;
  const std::size_t content = body.decode(bytes);
  if (body.ended()) {
    engine_.lose(first_connection_ + index, Loss::protocol,
                 "the server ended a subscriber's response, or sent no chunk where one is due");
  }
  return content;
}

std::size_t Subscribers::on_pushes(std::size_t index, std::string_view bytes, std::int64_t now) {
  now_ = now;
  std::size_t used = 0;
  for (;;) {
    if (!plan_.pubsub.confirm) used += take_known(subscribers_[index], bytes.substr(used));
    const std::size_t parsed = used < bytes.size() ? take_parsed(index, bytes.substr(used)) : 0;
    if (parsed == 0) break;
    used += parsed;
  }
  if (plan_.pubsub.confirm) acknowledgements_.send(index);
  if (!owed_.empty()) {
    outgoing_.send(index, owed_);
    owed_.clear();
  }
  auto& totals = engine_.totals();
  totals.last_completion_ns = std::max(totals.last_completion_ns, now);
  return used;
}

void Subscribers::on_writable(std::size_t index) { outgoing_.send(index); }

/// Takes whole pushes for as long as they equal what another subscriber already received in that order.
std::size_t Subscribers::take_known(Subscriber& subscriber, std::string_view bytes) {
  const TopicStream& topic = *subscriber.topic;
  if (!topic.uniform()) return take_known_one_by_one(subscriber, bytes);
  const std::size_t frame = topic.shapes().front().frame_bytes;
  std::size_t used = 0;
  while (subscriber.position >= topic.first() && subscriber.position < topic.end()) {
    const std::uint64_t whole = (bytes.size() - used) / frame;
    std::uint64_t count = std::min(whole, topic.contiguous(subscriber.position));
    if (count == 0) break;
    const char* known = topic.bytes_at(subscriber.position);
    const char* received = bytes.data() + used;
    const bool equal = std::memcmp(received, known, count * frame) == 0;
    if (!equal) {
      count = 0;
      while (std::memcmp(received + count * frame, known + count * frame, frame) == 0) ++count;
    }
    used += count * frame;
    while (count > 0) {
      const std::uint64_t taken = deliver_alike(subscriber, subscriber.position, count);
      subscriber.position += taken;
      count -= taken;
    }
    if (!equal) break;
  }
  return used;
}

std::size_t Subscribers::take_known_one_by_one(Subscriber& subscriber, std::string_view bytes) {
  const TopicStream& topic = *subscriber.topic;
  std::size_t used = 0;
  while (subscriber.position >= topic.first() && subscriber.position < topic.end()) {
    const std::size_t frame = topic.frame_bytes_at(subscriber.position);
    if (bytes.size() - used < frame) break;
    if (std::memcmp(bytes.data() + used, topic.bytes_at(subscriber.position), frame) != 0) break;
    deliver(subscriber, topic.at(subscriber.position));
    ++subscriber.position;
    used += frame;
  }
  return used;
}

/// Parses one push in full. 0: it is incomplete, or the connection was given up.
std::size_t Subscribers::take_parsed(std::size_t index, std::string_view bytes) {
  Subscriber& subscriber = subscribers_[index];
  for (const PushShape& shape : subscriber.topic->shapes()) {
    const std::string_view header = shape.header;
    if (bytes.substr(0, header.size()) != header.substr(0, bytes.size())) continue;
    if (bytes.size() < shape.frame_bytes) return 0;
    const std::string_view frame = bytes.substr(0, shape.frame_bytes);
    if (!frame.ends_with(shape.trailer)) break;
    const std::string_view payload = frame.substr(header.size(), shape.payload_bytes);
    if (plan_.pubsub.confirm) acknowledgements_.note(index, payload);
    take_payload(subscriber, payload, frame);
    return shape.frame_bytes;
  }
  return take_foreign(index, bytes);
}

/// `frame`: what others' pushes can be compared with; empty where they are not.
void Subscribers::take_payload(Subscriber& subscriber, std::string_view payload, std::string_view frame) {
  TopicStream& topic = *subscriber.topic;
  const auto stamp = form_.check(payload);
  const std::uint32_t topics = plan_.pubsub.topics;
  if (!stamp || stamp->publisher >= plan_.pubsub.publishers || stamp->topic != stamp->publisher % topics) {
    take_corrupt(subscriber, payload);
    return;
  }
  if (stamp->topic != topic.topic()) {
    ++engine_.totals().integrity.misdelivered;
    return;
  }
  const Publication publication{stamp->publisher / topics, stamp->sequence, stamp->sent_ns,
                                stamp->intended_ns};
  if (publication.sequence >= shared_.sent(stamp->publisher) ||
      payload.size() != sizes_.bytes_of(stamp->publisher, stamp->sequence)) {
    take_corrupt(subscriber, payload);  // nobody has sent it, or not like that
    return;
  }
  if (topic.may_be_in_flight(publication.publisher, publication.sequence)) {
    const auto known = topic.find(publication);
    if (!known && !frame.empty()) topic.append(frame, publication);
    subscriber.position = known ? *known + 1 : topic.end();
  }
  deliver(subscriber, publication);
}

void Subscribers::take_corrupt(Subscriber& subscriber, std::string_view payload) {
  ++engine_.totals().integrity.corrupt;
  // If the stamp names the message that is due, then that one has arrived, though damaged: it is not lost as
  // well.
  const Stamp stamp = form_.read(payload).value_or(Stamp{.publisher = plan_.pubsub.publishers});
  const TopicStream& topic = *subscriber.topic;
  const std::uint32_t topics = plan_.pubsub.topics;
  const bool plausible =
      stamp.publisher < plan_.pubsub.publishers && stamp.publisher % topics == topic.topic();
  if (plausible && expected_[subscriber.expected_at + stamp.publisher / topics] == stamp.sequence &&
      topic.may_be_in_flight(stamp.publisher / topics, stamp.sequence) &&
      stamp.sequence < shared_.sent(stamp.publisher)) {
    advance_past(subscriber, stamp.publisher / topics, stamp.sequence);
  } else {
    ++subscriber.corrupt_unplaced;
  }
}

/// Something that has none of the topic's shapes.
std::size_t Subscribers::take_foreign(std::size_t index, std::string_view bytes) {
  Push& push = push_;
  push.text.clear();
  push.text_covers_earlier = false;
  protocol_.read_push(bytes, plan_.message_bytes, push);
  const std::size_t connection = first_connection_ + index;
  switch (push.kind) {
    case Push::Kind::incomplete:
      return 0;
    case Push::Kind::malformed:
      engine_.lose(
          connection, Loss::protocol,
          fmt::format("the server does not speak {} to a subscriber: {}", protocol_.name(), push.text));
      return 0;
    case Push::Kind::refused:
      engine_.totals().count_error(&Errors::server);
      engine_.state().fail(fmt::format("the server sent a subscriber an error: {}",
                                       std::string_view(push.text).substr(0, kMostQuotedBytes)));
      break;
    case Push::Kind::message:
      take_message(subscribers_[index], bytes.substr(0, push.text.empty() ? push.bytes : 0));
      if (push.text_covers_earlier) owed_.clear();
      owed_ += push.text;
      break;
    case Push::Kind::asks:
      outgoing_.send(index, push.text);
      break;
    case Push::Kind::acknowledged:
      engine_.totals().integrity.corrupt += acknowledgements_.unknown(index, push.known_sums);
      break;
    case Push::Kind::kept:
    case Push::Kind::nothing:
      break;
  }
  return push.bytes;
}

/// The message in push_, which came as `frame`; empty: as for take_payload().
void Subscribers::take_message(Subscriber& subscriber, std::string_view frame) {
  auto& integrity = engine_.totals().integrity;
  if (push_.topic != topic_name(subscriber.topic->topic())) {
    ++integrity.misdelivered;
  } else if (subscriber.topic->shapes().empty()) {
    take_payload(subscriber, push_.payload, frame);
  } else {
    ++integrity.corrupt;  // of the wrong length
    ++subscriber.corrupt_unplaced;
  }
}

inline void Subscribers::deliver(Subscriber& subscriber, const Publication& publication) {
  const std::uint64_t expected = expected_[subscriber.expected_at + publication.publisher];
  if (publication.sequence == expected) [[likely]] {
    advance_past(subscriber, publication.publisher, publication.sequence);
  } else if (!out_of_order(subscriber, publication)) {
    return;
  }
  count_deliveries(publication, 1);
}

/// The push at `position`, and those behind it, `most` at most, that are like it. Returns how many.
inline std::uint64_t Subscribers::deliver_alike(Subscriber& subscriber, std::uint64_t position,
                                                std::uint64_t most) {
  TopicStream& topic = *subscriber.topic;
  const Publication& first = topic.at(position);
  std::uint64_t& expected = expected_[subscriber.expected_at + first.publisher];
  if (first.sequence != expected) [[unlikely]] {
    deliver(subscriber, first);
    return 1;
  }
  const std::uint64_t count = topic.alike(position, most);
  expected += count;
  if (topic.settle(first.publisher, first.sequence, count)) told_complete(topic, first.publisher);
  count_deliveries(first, count);
  return count;
}

inline void Subscribers::count_deliveries(const Publication& publication, std::uint64_t count) {
  auto& totals = engine_.totals();
  totals.count_deliveries(now_, count);
  totals.delivery.from_send.record(now_ - publication.sent_ns, count);
  if (paced_) totals.delivery.from_due.record(now_ - publication.intended_ns, count);
}

inline void Subscribers::advance_past(Subscriber& subscriber, std::uint32_t publisher,
                                      std::uint64_t sequence) {
  expected_[subscriber.expected_at + publisher] = sequence + 1;
  settle(*subscriber.topic, publisher, sequence);
}

/// False for a message that the subscriber already had. Messages that were skipped no longer hold up the
/// publisher's window: a run goes on, and counts what is lost.
bool Subscribers::out_of_order(Subscriber& subscriber, const Publication& publication) {
  std::uint64_t& expected = expected_[subscriber.expected_at + publication.publisher];
  if (publication.sequence < expected) {
    const bool was_missing = missing_.erase({&subscriber, publication.publisher, publication.sequence}) > 0;
    auto& integrity = engine_.totals().integrity;
    ++(was_missing ? integrity.reordered : integrity.repeated);
    return was_missing;
  }
  while (expected < publication.sequence) {
    missing_.insert({&subscriber, publication.publisher, expected});
    advance_past(subscriber, publication.publisher, expected);
  }
  if (missing_.size() > kMostMissing) {
    engine_.state().fail(
        "more than a million messages are missing: the server drops messages of subscribers that are behind; "
        "keep fewer in flight (pubsub window, publishers), or raise the server's limit of what it queues for "
        "each");
  }
  advance_past(subscriber, publication.publisher, publication.sequence);
  return true;
}

inline void Subscribers::settle(TopicStream& topic, std::uint32_t publisher, std::uint64_t sequence) {
  if (topic.settle(publisher, sequence)) [[unlikely]]
    told_complete(topic, publisher);
}

/// What all subscribers of this thread have of a publisher has grown.
void Subscribers::told_complete(const TopicStream& topic, std::uint32_t publisher) {
  const std::uint32_t number = number_of(topic, publisher);
  shared_.set_complete(thread_, number, topic.complete(publisher));
  if (is_advanced_[number] != 0) return;
  is_advanced_[number] = 1;
  advanced_.push_back(number);
}

std::span<const std::uint32_t> Subscribers::take_advanced() {
  taken_.swap(advanced_);
  advanced_.clear();
  for (const std::uint32_t number : taken_) is_advanced_[number] = 0;
  return taken_;
}

void Subscribers::close_books() {
  auto& integrity = engine_.totals().integrity;
  for (const auto& subscriber : subscribers_) {
    std::uint64_t lacking = 0;
    for (std::uint32_t k = 0; k < subscriber.topic->publishers(); ++k) {
      const std::uint64_t sent = shared_.sent(number_of(*subscriber.topic, k));
      lacking += sent - std::min(sent, expected_[subscriber.expected_at + k]);
    }
    lacking += static_cast<std::uint64_t>(std::count_if(
        missing_.begin(), missing_.end(), [&](const auto& m) { return std::get<0>(m) == &subscriber; }));
    // A message whose stamp was damaged did arrive: it is counted as corrupt, not as lost too.
    integrity.lost += lacking - std::min(lacking, subscriber.corrupt_unplaced);
  }
}

bool Subscribers::waits(std::size_t index) const {
  const auto& subscriber = subscribers_[index];
  for (std::uint32_t k = 0; k < subscriber.topic->publishers(); ++k) {
    if (shared_.sent(number_of(*subscriber.topic, k)) > expected_[subscriber.expected_at + k]) return true;
  }
  return false;
}

}  // namespace threadmill::load
