#pragma once
// A log in memory, whose news come when the test says so.

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "servers/cluster/replicated_log.h"

namespace threadmill::servers {

/// What several StagedLogs share: entries from 1 on.
struct StagedStore {
  std::vector<std::string> entries = {};
  std::set<std::string, std::less<>> ids = {};
  bool has_leader = true;
  bool recognises = true;   ///< ids that it has
  std::uint64_t first = 1;  ///< those before are gone
  std::size_t entry_limit_bytes = 1 << 20;
};

/// One reader and writer of the store. What was appended stands in `attempts`, and is stored by store().
class StagedLog : public ReplicatedLog {
 public:
  explicit StagedLog(StagedStore& store) : store_(store), told_(store.entries.size()) {}

  int fd() const override { return -1; }
  std::vector<LogNews> take_news() override { return std::exchange(news, {}); }
  void append(std::string_view id, std::string_view bytes) override {
    attempts.emplace_back(std::string(id), std::string(bytes));
  }
  void read_from(std::uint64_t sequence) override { asked.push_back(sequence); }
  std::uint64_t last_sequence() const override { return told_; }
  std::string name() const override { return "staged"; }
  std::size_t entry_limit_bytes() const override { return store_.entry_limit_bytes; }
  std::size_t replicas() const override { return 1; }

  /// Stores what was appended since the last call.
  void store() {
    for (auto& [id, bytes] : std::exchange(attempts, {})) {
      if (!store_.has_leader) {
        news.push_back({.kind = LogNews::Kind::refused, .text = "no leader"});
      } else if (!store_.ids.insert(id).second && store_.recognises) {
        news.push_back({.kind = LogNews::Kind::repeated});
      } else {
        store_.entries.push_back(std::move(bytes));
      }
    }
  }

  /// Tells of what was stored since the last call.
  void tell() {
    for (; told_ < store_.entries.size(); ++told_) tell_entry(told_ + 1);
  }
  void tell_entry(std::uint64_t sequence, std::uint64_t asked_for = 0) {
    news.push_back({LogNews::Kind::entry, sequence, asked_for, store_.entries.at(sequence - 1)});
  }

  /// Answers what was asked.
  void answer() {
    for (const auto sequence : std::exchange(asked, {})) {
      const auto found = std::max(sequence, store_.first);
      if (found > store_.entries.size()) {
        news.push_back({.kind = LogNews::Kind::none, .asked = sequence});
      } else {
        tell_entry(found, sequence);
      }
    }
  }

  std::vector<std::pair<std::string, std::string>> attempts;  ///< id, bytes
  std::vector<std::uint64_t> asked;
  std::vector<LogNews> news;

 private:
  StagedStore& store_;
  std::uint64_t told_;
};

}  // namespace threadmill::servers
