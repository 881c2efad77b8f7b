#include "loadgen/reply_driver.h"

#include <algorithm>
#include <cstring>

namespace threadmill::load {

ReplyDriver::ReplyDriver(const Plan& plan, std::size_t thread, Engine& engine, FirstReply& first,
                         std::unique_ptr<ReplyFormat> format)
    : RequestDriver(plan, thread, engine, format->request().size()),
      format_(std::move(format)),
      request_(format_->request()),
      first_(first),
      known_(std::make_shared<const std::string>()),
      partials_(connections_of(plan, thread)) {}

void ReplyDriver::take(std::size_t connection, const char* bytes, std::size_t size, std::int64_t now_ns) {
  std::string_view input(bytes, size);
  while (!input.empty() && engine().is_open(connection)) {
    const auto& partial = partials_[connection];
    if (!partial) input.remove_prefix(take_known(connection, input, now_ns));
    if (input.empty()) break;
    const std::size_t used = !partial        ? take_new(connection, input, now_ns)
                             : partial->like ? take_alike(connection, input, now_ns)
                                             : read(connection, input, now_ns);
    input.remove_prefix(used);
  }
}

/// All the whole replies that look like the last good one: the usual case.
std::size_t ReplyDriver::take_known(std::size_t connection, std::string_view input, std::int64_t now_ns) {
  const Client& client = this->client(connection);
  const char* const known = known_->data();
  const std::size_t size = known_->size();
  std::size_t used = 0;
  while (size > 0 && client.in_flight > 0 && input.size() - used >= size &&
         std::memcmp(input.data() + used, known, size) == 0) {
    used += size;
    answer(connection, client.answered, now_ns);
  }
  return used;
}

/// The start of a reply: of one like the last good one, as far as it came, or of any other.
std::size_t ReplyDriver::take_new(std::size_t connection, std::string_view input, std::int64_t now_ns) {
  if (!known_->starts_with(input)) return read(connection, input, now_ns);
  partials_[connection] = std::make_unique<Partial>(Partial{.like = known_, .alike = input.size()});
  return input.size();
}

/// More of a reply that so far is like a good one. If it goes on otherwise, it has to be read.
std::size_t ReplyDriver::take_alike(std::size_t connection, std::string_view input, std::int64_t now_ns) {
  Partial& partial = *partials_[connection];
  const auto rest = std::string_view(*partial.like).substr(partial.alike);
  const auto next = input.substr(0, rest.size());
  if (!rest.starts_with(next)) {
    partial.bytes.assign(*partial.like, 0, partial.alike);
    partial.like.reset();
    return read(connection, input, now_ns);
  }
  partial.alike += next.size();
  if (next.size() == rest.size()) {
    partials_[connection].reset();
    good(connection, now_ns);
  }
  return next.size();
}

/// Reads a reply with the protocol's format, and returns how much of the input belongs to it.
std::size_t ReplyDriver::read(std::size_t connection, std::string_view input, std::int64_t now_ns) {
  auto& partial = partials_[connection];
  std::string_view bytes = input;
  const std::size_t before = partial ? partial->bytes.size() : 0;
  if (partial) {
    partial->bytes += input;
    bytes = partial->bytes;
    if (bytes.size() < partial->at_least) return input.size();
  }
  const ParsedReply reply = format_->parse(bytes);
  if (reply.status == ParsedReply::Status::incomplete) {
    if (!partial) partial = std::make_unique<Partial>(Partial{.bytes = std::string(input)});
    partial->at_least = reply.bytes;
    return input.size();
  }
  judge(connection, reply, bytes.substr(0, reply.bytes), now_ns);
  partial.reset();
  return reply.bytes - before;
}

void ReplyDriver::good(std::size_t connection, std::int64_t now_ns) {
  const Client& client = this->client(connection);
  if (client.in_flight > 0) {
    answer(connection, client.answered, now_ns);
  } else {
    ++engine().totals().integrity.corrupt;  // a reply to nothing that was asked
  }
}

/// `bytes`: all of the reply.
void ReplyDriver::judge(std::size_t connection, const ParsedReply& reply, std::string_view bytes,
                        std::int64_t now_ns) {
  const Client& client = this->client(connection);
  auto& integrity = engine().totals().integrity;
  if (client.in_flight == 0) {
    ++integrity.corrupt;  // whatever it is, nothing was asked
    return;
  }
  if (reply.status == ParsedReply::Status::malformed) {
    give_up(connection, Loss::protocol, reply.reason);
    return;
  }
  if (reply.status == ParsedReply::Status::refused) {
    refused(connection, reply.reason, now_ns);
  } else if (!first_.equals(reply.content)) {
    ++integrity.corrupt;
    settle(connection, client.answered, now_ns);
  } else {
    if (!reply.last) known_ = std::make_shared<const std::string>(bytes);
    answer(connection, client.answered, now_ns);
  }
  if (reply.last) {
    give_up(
        connection, Loss::closed,
        "the server ended a connection behind a response (Connection: close); raise its limit of requests "
        "per connection, or set \"messages_per_connection\" below that limit");
  }
}

void ReplyDriver::refused(std::size_t connection, const std::string& reason, std::int64_t now_ns) {
  engine().totals().count_error(&Errors::server);
  stop_sending();
  engine().state().fail(reason);
  settle(connection, client(connection).answered, now_ns);
}

/// The run has failed, and what it was still to send on the connection is not sent.
void ReplyDriver::give_up(std::size_t connection, Loss loss, const std::string& reason) {
  stop_sending();
  engine().lose(connection, loss, reason);
}

}  // namespace threadmill::load
