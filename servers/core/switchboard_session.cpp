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
  if (in_lobby_) topics_.rooms()->leave(child_, Departure::lost);
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
      Publication delivery{delivery_frame(frame.body), 1};
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
    case FrameKind::lobby:
      run_in_lobby(frame, out);
      break;
    case FrameKind::deliver:
    case FrameKind::done:
    case FrameKind::number:
    case FrameKind::names:
    case FrameKind::welcome:
      break;  // only the parent says these
  }
}

void SwitchboardSession::run_in_lobby(const Frame& frame, Outbox& out) {
  Rooms* rooms = topics_.rooms();
  std::string reply;
  if (rooms != nullptr && !frame.topic.empty()) {
    rooms->leave(child_, frame.topic == kLeftLobby ? Departure::clean : Departure::lost);
    in_lobby_ = false;
  } else if (rooms != nullptr) {
    std::vector<std::string_view> words;
    std::string_view rest = frame.body;
    while (const auto word = take_frame(rest)) words.push_back(word->topic);
    in_lobby_ = true;
    reply = rooms->run(child_, words);
  }
  answer(out, FrameKind::lobby, reply);
}

}  // namespace threadmill::servers
