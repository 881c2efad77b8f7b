#include "servers/core/switchboard_session.h"

#include <algorithm>

namespace threadmill::servers {
namespace {

void answer(Outbox& out, FrameKind kind, std::string_view body = {}) {
  std::string frame;
  append_frame(frame, {kind, {}, body});
  out.append(frame);
}

}  // namespace

SwitchboardSession::~SwitchboardSession() {
  for (const auto& topic : joined_) topics_.leave(topic, child_);
}

Verdict SwitchboardSession::on_bytes(std::string_view bytes, Outbox& out) {
  const bool whole = partial_.empty();
  if (!whole) partial_.append(bytes);
  std::string_view rest = whole ? bytes : std::string_view(partial_);
  while (const auto frame = take_frame(rest)) run(*frame, out);
  keep_rest(partial_, whole, rest);
  return Verdict::keep;
}

void SwitchboardSession::run(const Frame& frame, Outbox& out) {
  switch (frame.kind) {
    case FrameKind::join:
      answer(out, FrameKind::done);
      topics_.join(frame.topic, child_);
      joined_.emplace_back(frame.topic);
      break;
    case FrameKind::leave:
      topics_.leave(frame.topic, child_);
      std::erase(joined_, frame.topic);
      answer(out, FrameKind::done);
      break;
    case FrameKind::publish: {
      // Framed once: every subscriber's child gets the same bytes.
      Publication delivery;
      append_frame(delivery.bytes, {FrameKind::deliver, {}, frame.body});
      answer(out, FrameKind::number, std::to_string(topics_.publish(frame.topic, std::move(delivery))));
      break;
    }
    case FrameKind::member_count:
      answer(out, FrameKind::number, std::to_string(topics_.member_count(frame.topic)));
      break;
    case FrameKind::topics: {
      std::string names;
      for (const auto& topic : topics_.topics()) append_frame(names, {FrameKind::names, topic, {}});
      answer(out, FrameKind::names, names);
      break;
    }
    case FrameKind::deliver:
    case FrameKind::done:
    case FrameKind::number:
    case FrameKind::names:
      break;  // only the parent says these
  }
}

}  // namespace threadmill::servers
