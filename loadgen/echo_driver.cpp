#include "loadgen/echo_driver.h"

#include <algorithm>
#include <cstring>

namespace threadmill::load {

EchoDriver::EchoDriver(const Plan& plan, std::size_t thread, Engine& engine)
    : RequestDriver(plan, thread, engine, plan.message_bytes),
      messages_(plan.message_bytes, plan.requests.connections, plan.seed),
      answers_(connections_of(plan, thread)) {}

void EchoDriver::take(std::size_t connection, const char* bytes, std::size_t left, std::int64_t now_ns) {
  const Answer& answer = answers_[connection];
  const Client& client = this->client(connection);
  const std::size_t size = messages_.size();
  while (left > 0) {
    std::size_t used = size;
    if (answer.got_part == 0 && left >= size && client.in_flight > 0 &&
        messages_.equals(bytes, number_of(connection), client.answered)) [[likely]] {
      right(connection, client.answered, now_ns);
    } else {
      used = take_part(connection, bytes, left, now_ns);
    }
    bytes += used;
    left -= used;
  }
}

/// Takes what belongs to the answer under way, judges it when it is whole, and returns how much that was.
std::size_t EchoDriver::take_part(std::size_t connection, const char* bytes, std::size_t size,
                                  std::int64_t now_ns) {
  Answer& answer = answers_[connection];
  const std::size_t count = std::min(size, messages_.size() - answer.got_part);
  const std::size_t head = messages_.stamp_bytes();
  std::size_t in_head = 0;
  if (answer.got_part < head) {
    in_head = std::min(head - answer.got_part, count);
    std::memcpy(answer.head.data() + answer.got_part, bytes, in_head);
  }
  if (!messages_.filler_equals(bytes + in_head, number_of(connection), answer.got_part + in_head,
                               count - in_head)) {
    answer.got_wrong = true;
  }
  answer.got_part += count;
  if (answer.got_part == messages_.size()) {
    judge(connection, now_ns);
    answer.got_part = 0;
    answer.got_wrong = false;
  }
  return count;
}

/// A whole answer that did not simply equal the one that is due.
void EchoDriver::judge(std::size_t connection, std::int64_t now_ns) {
  const Answer& answer = answers_[connection];
  const Client& client = this->client(connection);
  auto& integrity = engine().totals().integrity;
  const std::uint64_t due = messages_.stamp(number_of(connection), client.answered);
  const bool due_head = std::memcmp(answer.head.data(), &due, messages_.stamp_bytes()) == 0;
  if (client.in_flight > 0 && due_head && !answer.got_wrong) {
    right(connection, client.answered, now_ns);
    return;
  }
  std::uint64_t stamp = 0;
  std::memcpy(&stamp, answer.head.data(), sizeof stamp);
  const auto origin = messages_.origin(stamp);
  if (origin && origin->connection != number_of(connection)) {
    ++integrity.misdelivered;
  } else if (!origin || answer.got_wrong || origin->sequence >= client.next) {
    ++integrity.corrupt;
  } else if (!under_way(connection, origin->sequence)) {
    ++integrity.repeated;
    return;  // the answer that is due is still to come
  } else {
    right(connection, origin->sequence, now_ns);  // early; the one overtaken is counted when it comes
    return;
  }
  // It stands in the place of the answer that was due: go on with the next.
  if (client.in_flight > 0) settle(connection, client.answered, now_ns);
}

void EchoDriver::right(std::size_t connection, std::uint64_t sequence, std::int64_t now_ns) {
  Answer& answer = answers_[connection];
  if (sequence < answer.highest) {
    ++engine().totals().integrity.reordered;
  } else {
    answer.highest = sequence + 1;
  }
  RequestDriver::answer(connection, sequence, now_ns);
}

}  // namespace threadmill::load
