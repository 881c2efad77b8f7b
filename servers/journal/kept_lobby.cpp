#include "servers/journal/kept_lobby.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "servers/journal/record.h"

namespace threadmill::servers {
namespace {

// A journal this short is left alone. A longer one is replaced by what the histories still hold when it is
// twice as long as after the last time: so it is bounded by them, and each record is written twice at most,
// on average.
constexpr std::size_t kShortJournalBytes = 1 << 20;

LobbyLimits limits_of(const ServeOptions& options) {
  LobbyLimits limits;
  limits.history = options.history_messages;
  return limits;
}

}  // namespace

KeptLobby::KeptLobby(const ServeOptions& options, Fanout& topics, Commit when, Lobby::Packing packing)
    : journal_(options.journal),
      at_once_(when == Commit::at_once),
      replace_at_bytes_(kShortJournalBytes),
      lobby_(limits_of(options), topics, options.journal == nullptr ? nullptr : this, packing,
             options.events.get()) {
  if (journal_ == nullptr) return;
  at_once_ = at_once_ || journal_->sync() == JournalSync::always;
  restore();
  replace_if_long();
}

// A history that is shorter than that of the server before may be a mistake: the file keeps the rest until as
// much again has been said, so that it can be mended by starting again.
void KeptLobby::restore() {
  auto messages = journal_->take_messages();
  for (auto& message : messages) lobby_.restore(std::move(message));
  std::size_t kept = 0;
  lobby_.for_each_kept([&](const RoomMessage&) { ++kept; });
  if (kept == messages.size()) return;
  replace_at_bytes_ = journal_->size_bytes() + kShortJournalBytes;
  fmt::print(
      stderr,
      "threadmill-server: {}: {} of its {} messages are more than the history of their rooms keeps "
      "(--history), and nobody can read them; when the file is {} bytes long they are deleted from it\n",
      journal_->path().string(), messages.size() - kept, messages.size(), replace_at_bytes_);
}

void KeptLobby::keep(const RoomMessage& message) {
  journal_->append(message);
  if (at_once_) commit();
}

void KeptLobby::commit() {
  if (journal_ == nullptr || !journal_->has_pending()) return;
  try {
    journal_->commit();
    replace_if_long();
  } catch (const std::system_error& error) {
    fmt::print(
        stderr,
        "threadmill-server: the journal cannot be written, so nothing more can be confirmed: {}; make room "
        "on that disk and start again\n",
        error.what());
    std::fflush(stderr);
    std::_Exit(1);
  }
}

void KeptLobby::replace_if_long() {
  if (journal_->size_bytes() <= replace_at_bytes_) return;
  std::string records;
  lobby_.for_each_kept([&](const RoomMessage& message) { journal::append_record(records, message); });
  journal_->replace_with(records);
  replace_at_bytes_ = std::max(kShortJournalBytes, 2 * journal_->size_bytes());
}

}  // namespace threadmill::servers
