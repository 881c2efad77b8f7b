#include "loadgen/reference/request_log.h"

namespace threadmill::load::reference {
namespace {

constexpr std::uint64_t kAskedMask = ~std::uint64_t{0} >> 1;

}  // namespace

RequestLog::Entry RequestLog::add(const Arrival& arrival, std::int64_t asked_ns) {
  if (arrival.stamp_ns == 0) {
    ++without_arrival_stamp_;
    return kNone;
  }
  if (records_.size() == most_) {
    ++not_logged_;
    return kNone;
  }
  records_.push_back(
      {arrival.stamp_ns, 0, static_cast<std::uint64_t>(asked_ns) & kAskedMask, arrival.shared_stamp});
  return static_cast<Entry>(records_.size() - 1);
}

void RequestLog::count(const Record& record, Truth& truth) {
  ++truth.requests;
  if (record.shared_stamp) ++truth.shared_stamps;
  if (record.reply_ns == 0) {
    ++truth.without_reply_stamp;
    return;
  }
  const std::int64_t latency_ns = record.reply_ns - record.arrival_ns;
  const auto asked_ns = static_cast<std::int64_t>(record.asked_ns);
  if (latency_ns < asked_ns) ++truth.early;
  truth.latency.record(latency_ns);
  truth.asked.record(asked_ns);
}

Truth RequestLog::between(std::int64_t start_ns, std::int64_t end_ns) const {
  Truth truth;
  for (const Record& record : records_) {
    if (record.arrival_ns >= start_ns && record.arrival_ns <= end_ns) count(record, truth);
  }
  return truth;
}

}  // namespace threadmill::load::reference
