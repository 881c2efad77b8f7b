#pragma once
// What publishers and subscribers of a run have in common in which every message is followed singly.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/continuity.h"
#include "loadgen/driver.h"
#include "loadgen/engine.h"
#include "loadgen/message_ledger.h"
#include "loadgen/payload_form.h"
#include "loadgen/plan.h"
#include "loadgen/pubsub_protocol.h"

namespace threadmill::load {

/// FollowedPubsub has it, and FollowedPublishers and FollowedSubscribers work on it. Everything in one
/// thread.
struct FollowedRun {
  FollowedRun(const Plan& plan, Engine& engine);

  /// Sends now what the connection takes, and the rest when it is writable.
  void send(std::size_t connection, std::string_view bytes);
  void send_rest(std::size_t connection);

  void begin(const Phase& next, std::int64_t now_ns);
  /// Keeps the longest of the times from one to the next of its kind, as far as they lie in the window: also
  /// of one that goes on when the window has ended.
  void keep_longest(std::int64_t& longest_ns, std::int64_t from_ns, std::int64_t until_ns) const noexcept;
  /// Nothing is given up while there is progress.
  void note_progress(std::int64_t now_ns) noexcept { progress_ns = now_ns; }

  const Plan& plan;
  Engine& engine;
  std::unique_ptr<const PubsubProtocol> protocol;
  PayloadForm form;
  MessageLedger ledger;
  Continuity continuity;
  Phase phase{.warmup = true};  // until one begins
  std::int64_t progress_ns = 0;
  std::vector<std::string> unsent;  // of each connection
};

}  // namespace threadmill::load
