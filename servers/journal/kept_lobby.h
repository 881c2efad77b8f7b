#pragma once
// A lobby and, where one is asked for, the journal that its messages are kept in.

#include "servers/core/lobby.h"
#include "servers/journal/journal.h"
#include "servers/options.h"

namespace threadmill::servers {

/// When a model confirms what its lobby accepted.
enum class Commit {
  in_turn,  ///< the model calls commit() before it writes to any client: one write(2) for all of a turn
  at_once,  ///< for models that write to clients from inside deliver()
};

/// Used by one thread at a time.
class KeptLobby : private MessageLog {
 public:
  /// `options`, their journal and `topics` outlive it. What the journal held is in the rooms' history then;
  /// what does not fit there is said on standard error, and stays in the file for now.
  KeptLobby(const ServeOptions& options, Fanout& topics, Commit when, Lobby::Packing packing = nullptr);

  Lobby& lobby() { return lobby_; }
  bool keeps() const { return journal_ != nullptr; }

  /// Writes what was accepted since the last call. Where the system refuses, the process ends at once with
  /// the reason on standard error: nobody can say what the disk has then, and nothing may be confirmed.
  void commit();

 private:
  void keep(const RoomMessage& message) override;
  void restore();
  void replace_if_long();

  Journal* journal_;
  bool at_once_;
  std::size_t replace_at_bytes_;
  Lobby lobby_;
};

}  // namespace threadmill::servers
