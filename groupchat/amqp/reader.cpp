#include "groupchat/amqp/reader.h"

#include <utility>

namespace threadmill::groupchat {

std::optional<Reading> Reader::take(std::chrono::milliseconds wait) {
  if (post_.full()) return std::nullopt;
  auto delivery = mailbox_.take(wait);
  if (!delivery) return std::nullopt;
  Reading reading;
  try {
    reading.message = read_message(delivery->body);
  } catch (const BadMessage&) {
    mailbox_.refuse(*delivery);
    ++refused_;
    return std::nullopt;
  }
  reading.again = history_.has(reading.message.id);
  if (!reading.again) history_.keep(reading.message);
  if (reading.message.kind == Kind::text && reading.message.sender != user_) {
    acknowledge_with_receipt(reading.message, std::move(*delivery));
  } else {
    mailbox_.acknowledge(*delivery);
  }
  return reading;
}

void Reader::acknowledge_with_receipt(const Message& text, Delivery delivery) {
  const Message receipt = receipt_for(text, user_);
  delivery.body.clear();
  receipts_.emplace(receipt.id, std::move(delivery));
  post_.send(receipt);
}

bool Reader::on_outcome(const Outcome& outcome) {
  const auto receipt = receipts_.find(outcome.message.id);
  if (receipt == receipts_.end()) return false;
  mailbox_.acknowledge(receipt->second);
  receipts_.erase(receipt);
  return true;
}

}  // namespace threadmill::groupchat
