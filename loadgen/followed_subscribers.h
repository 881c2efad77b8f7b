#pragma once
// Subscribers of a server that may go away and come back.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/chunked_body.h"
#include "loadgen/followed_run.h"
#include "loadgen/pubsub_protocol.h"

namespace threadmill::load {

/// The receiving half of FollowedPubsub: what each subscriber receives, and whether it is what was to come.
/// Subscribers count from 0; their connections are behind those of the publishers.
class FollowedSubscribers {
 public:
  /// `run` outlives it.
  explicit FollowedSubscribers(FollowedRun& run);

  /// The subscriber is connected, not for the first time where it `returns`, and subscribes.
  void subscribe(std::size_t index, bool returns);
  /// Its subscription is confirmed; `bytes`: what came behind that.
  void take_confirmation(std::size_t index, const Greeting& greeting, std::string& bytes);
  /// What is left of `fresh` once its chunks are undone, where its response is in chunks.
  std::span<char> unchunked(std::size_t index, std::span<char> fresh);
  /// Takes the whole pushes off the front of `bytes`.
  void take_pushes(std::size_t index, std::string& bytes, std::int64_t now_ns);

  /// The phase of the run begins.
  void begin(std::int64_t now_ns);
  void close_books();

 private:
  struct Subscriber {
    std::uint32_t topic = 0;
    std::unique_ptr<ChunkedBody> body;  // where its response is in chunks
    std::int64_t heard_ns = 0;
    std::int64_t returned_ns = 0;  // 0: never
  };

  std::size_t connection_of(std::size_t index) const { return run_.plan.pubsub.publishers + index; }
  void take_message(std::size_t index, std::string_view payload, std::int64_t now_ns, bool kept = false);
  void count_reception(const Subscriber& subscriber, const Stamp& stamp, std::int64_t now_ns);
  void note_silence(const Subscriber& subscriber, std::int64_t until_ns);

  FollowedRun& run_;
  std::vector<Subscriber> subscribers_;
  Push push_;              // reused
  std::int64_t began_ns_;  // what was sent earlier belongs to another run
};

}  // namespace threadmill::load
