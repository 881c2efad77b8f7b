#include "servers/cluster/log_reader.h"

#include <utility>

namespace threadmill::servers {

void LogReader::take(LogNews news, std::int64_t now_ns) {
  if (news.asked != 0 && news.asked == asked_) asked_ = 0;
  switch (news.kind) {
    case LogNews::Kind::entry:
      return take_entry(std::move(news), now_ns);
    case LogNews::Kind::none:
      heard_ns_ = now_ns;
      return;
    case LogNews::Kind::again:
      asked_ = 0;  // what was asked on the lost connection is not answered
      return ask(now_ns);
    case LogNews::Kind::refused:
    case LogNews::Kind::repeated:
      return;
  }
}

void LogReader::take_entry(LogNews news, std::int64_t now_ns) {
  heard_ns_ = now_ns;
  if (news.asked == next_ && news.sequence > next_) {
    lost_ += news.sequence - next_;
    next_ = news.sequence;
  }
  if (news.sequence < next_) return;
  if (news.sequence > next_) {
    keep_ahead(news.sequence, std::move(news.text));
    return ask(now_ns);
  }
  if (news.asked != 0) ++fetched_;
  pass_on(news.text);
  while (!ahead_.empty() && ahead_.begin()->first <= next_) {
    const auto entry = ahead_.extract(ahead_.begin());
    ahead_bytes_ -= entry.mapped().size();
    if (entry.key() == next_) pass_on(entry.mapped());
  }
  // Who has missed one has most often missed several.
  if (news.asked != 0 || !ahead_.empty()) ask(now_ns);
}

void LogReader::pass_on(std::string_view bytes) { on_entry_(next_++, bytes); }

void LogReader::keep_ahead(std::uint64_t sequence, std::string bytes) {
  const std::size_t size = bytes.size();
  if (ahead_bytes_ + size > bounds_.ahead_bytes) return;  // it will be asked for
  if (ahead_.try_emplace(sequence, std::move(bytes)).second) ahead_bytes_ += size;
}

void LogReader::ask(std::int64_t now_ns) {
  if (asked_ != 0) return;
  asked_ = next_;
  asked_ns_ = now_ns;
  log_.read_from(next_);
}

void LogReader::look(std::int64_t now_ns) {
  const auto passed = [now_ns](std::int64_t since_ns, std::chrono::nanoseconds span) {
    return now_ns - since_ns >= span.count();
  };
  if (asked_ != 0 && passed(asked_ns_, bounds_.ask_again_after)) asked_ = 0;
  if (!ahead_.empty() || passed(heard_ns_, bounds_.look_after)) ask(now_ns);
}

}  // namespace threadmill::servers
