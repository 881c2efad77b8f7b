#include "loadgen/publishers.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "loadgen/payload.h"
#include "loadgen/pubsub_topic.h"
#include "os/clock.h"
#include "protocol/resp_encode.h"
#include "protocol/resp_reply.h"

namespace threadmill::load {
namespace {

constexpr std::size_t kOutBytes = 64 << 10;

/// Subscribers are dealt to topics round robin.
std::int64_t subscribers_of_topic(const Plan& plan, std::uint32_t topic) {
  const auto& load = plan.pubsub;
  return (load.subscribers + load.topics - 1 - topic) / load.topics;
}

}  // namespace

std::size_t Publishers::count_of(const Plan& plan, std::size_t thread) {
  const std::size_t all = plan.pubsub.publishers;
  return all > thread ? (all - thread + plan.threads - 1) / plan.threads : 0;
}

Publishers::Publishers(const Plan& plan, std::size_t thread, Engine& engine, PubsubShared& shared)
    : plan_(plan),
      engine_(engine),
      shared_(shared),
      publishers_(count_of(plan, thread)),
      ring_(std::bit_ceil(std::uint64_t{plan.pubsub.window})),
      sent_at_(publishers_.size() * ring_) {
  for (std::size_t i = 0; i < publishers_.size(); ++i) {
    Publisher& publisher = publishers_[i];
    publisher.number = static_cast<std::uint32_t>(thread + i * plan.threads);
    publisher.topic = publisher.number % plan.pubsub.topics;
    publisher.receivers = subscribers_of_topic(plan, publisher.topic);
    if (publisher.topic == 0) publisher.slow_receivers = plan.bystanders.slow_readers;
    std::string payload(plan.message_bytes, '\0');
    fill_random(payload, plan.seed + publisher.number);
    resp::append_command(publisher.command, {"PUBLISH", topic_name(publisher.topic), payload});
    publisher.payload_at = publisher.command.size() - payload.size() - 2;
    out_.reserve(std::max(kOutBytes, publisher.command.size()));
  }
}

void Publishers::begin(const Phase& phase, std::uint64_t phase_number) {
  phase_ = phase;
  phase_number_ = phase_number;
  sending_ = true;
  for (auto& publisher : publishers_) {
    publisher.finished = false;
    const bool endless = phase.messages > UINT64_MAX - publisher.sent;
    publisher.stop_at = endless ? UINT64_MAX : publisher.sent + phase.messages;
  }
  touch_all();
  on_turn_end();
}

void Publishers::stop_sending() {
  sending_ = false;
  touch_all();
}

void Publishers::touch(std::size_t index) {
  if (publishers_[index].touched) return;
  publishers_[index].touched = true;
  touched_.push_back(index);
}

void Publishers::touch_all() {
  for (std::size_t i = 0; i < publishers_.size(); ++i) touch(i);
}

void Publishers::on_turn_end() {
  for (const std::size_t index : touched_) {
    publishers_[index].touched = false;
    serve(index);
  }
  touched_.clear();
}

std::uint64_t Publishers::complete(const Publisher& publisher) const {
  std::uint64_t complete = publisher.acknowledged;
  for (std::size_t thread = 0; thread < plan_.threads; ++thread) {
    complete = std::min(complete, shared_.complete(thread, publisher.number));
  }
  return complete;
}

void Publishers::serve(std::size_t index) {
  Publisher& publisher = publishers_[index];
  if (publisher.finished || !publisher.unsent.empty() || !engine_.is_open(index)) return;
  const std::uint64_t done = complete(publisher);
  const std::uint64_t end = std::min(done + plan_.pubsub.window, publisher.stop_at);
  const bool may_send =
      sending_ && publisher.sent < publisher.stop_at && os::monotonic_ns() < phase_.deadline_ns;
  if (may_send) {
    if (end > publisher.sent) publish(index, end - publisher.sent);
  } else if (done == publisher.sent) {
    publisher.finished = true;
    if (shared_.publisher_finished(phase_number_)) engine_.state().wake_all();
  }
}

void Publishers::publish(std::size_t index, std::uint64_t messages) {
  Publisher& publisher = publishers_[index];
  const std::size_t size = publisher.command.size();
  const std::uint64_t per_send = std::max<std::uint64_t>(kOutBytes / size, 1);
  while (messages > 0 && publisher.unsent.empty() && engine_.is_open(index)) {
    const std::uint64_t count = std::min(messages, per_send);
    out_.resize(count * size);
    const std::int64_t now = os::monotonic_ns();
    for (std::uint64_t i = 0; i < count; ++i, ++publisher.sent) {
      char* frame = out_.data() + i * size;
      publisher.command.copy(frame, size);
      stamp_payload({frame + publisher.payload_at, plan_.message_bytes},
                    {publisher.number, publisher.topic, publisher.sent, now, now});
      sent_at_[index * ring_ + (publisher.sent & (ring_ - 1))] = now;
    }
    shared_.set_sent(publisher.number, publisher.sent);
    const std::size_t taken = engine_.send(index, out_.data(), out_.size());
    if (taken < out_.size()) publisher.unsent.assign(out_, taken);
    messages -= count;
  }
}

void Publishers::on_writable(std::size_t index) {
  Publisher& publisher = publishers_[index];
  if (!publisher.unsent.empty()) {
    publisher.unsent.erase(0, engine_.send(index, publisher.unsent.data(), publisher.unsent.size()));
  }
  if (publisher.unsent.empty()) touch(index);
}

std::size_t Publishers::on_replies(std::size_t index, std::string_view bytes, std::int64_t now) {
  std::size_t used = 0;
  while (used < bytes.size() && acknowledge(index, bytes.substr(used), used, now)) {
  }
  touch(index);
  return used;
}

/// Takes one reply; false when it is incomplete or the connection was given up.
bool Publishers::acknowledge(std::size_t index, std::string_view bytes, std::size_t& used, std::int64_t now) {
  resp::Reply reply;
  const auto result = resp::parse_reply(bytes, reply, {.bulk_bytes = 64 << 10, .elements = 64, .depth = 2});
  if (result.status == resp::ReplyStatus::incomplete) return false;
  Publisher& publisher = publishers_[index];
  const bool expected = reply.kind == resp::ReplyKind::integer || reply.kind == resp::ReplyKind::error;
  if (result.status == resp::ReplyStatus::malformed || !expected ||
      publisher.acknowledged == publisher.sent) {
    const char* what = result.reason != nullptr ? result.reason : "a reply to nothing that was sent";
    engine_.lose(index, Loss::protocol,
                 fmt::format("the server does not speak RESP2 to a publisher: {}", what));
    return false;
  }
  used += result.consumed;
  auto& totals = engine_.totals();
  if (reply.kind == resp::ReplyKind::error) {
    ++totals.errors.server;
    refused(reply.text);
  } else {
    totals.count_completed(now, now - sent_at_[index * ring_ + (publisher.acknowledged & (ring_ - 1))]);
    const std::int64_t slow = reply.integer - publisher.receivers;
    if (slow < 0 || slow > publisher.slow_receivers) ++totals.integrity.corrupt;
  }
  ++publisher.acknowledged;
  return true;
}

void Publishers::refused(std::string_view error) {
  engine_.state().fail(fmt::format("the server answered PUBLISH with an error: {}", error.substr(0, 200)));
}

std::uint64_t Publishers::in_flight() const {
  std::uint64_t sum = 0;
  for (const auto& publisher : publishers_) sum += publisher.sent - publisher.acknowledged;
  return sum;
}

bool Publishers::waits(std::size_t index) const {
  const Publisher& publisher = publishers_[index];
  return publisher.acknowledged < publisher.sent;
}

}  // namespace threadmill::load
