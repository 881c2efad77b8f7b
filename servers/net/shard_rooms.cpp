#include "servers/net/shard_rooms.h"

#include <utility>

namespace threadmill::servers {

SharedLobby::SharedLobby(const ServeOptions& options, ShardGroup& group)
    : group_(group),
      published_(group),
      told_(group.mailboxes.size()),
      rooms_(options, published_, Commit::in_turn) {}

void SharedLobby::commit() {
  if (!uncommitted_) return;
  const std::lock_guard lock(mutex_);
  rooms_.commit();
  uncommitted_ = false;
}

std::size_t SharedLobby::Notebook::publish(std::string_view topic, Publication publication) {
  const std::size_t members = member_count(topic);
  if (members > 0) entries.emplace_back(std::string(topic), std::move(publication));
  return members;
}

void SharedLobby::tell(Resident& resident, const SharedPublication& publication) {
  auto& letters = told_[resident.loop_];
  // What a room is told goes to its members in turn: one letter for all of a loop.
  if (letters.empty() || letters.back().publication != publication) letters.push_back({{}, publication});
  letters.back().to.push_back(&resident.member_);
}

std::string ShardRooms::run(Member& member, std::span<const std::string_view> words) {
  auto& resident = residents_[&member];
  if (!resident) resident = std::make_unique<Resident>(shared_, loop_, member);
  std::string reply;
  in_lobby([&](Lobby& lobby) { reply = lobby.run(*resident, words); });
  return reply;
}

void ShardRooms::leave(Member& member, Departure how) {
  const auto found = residents_.find(&member);
  if (found == residents_.end()) return;
  const auto resident = std::move(found->second);
  residents_.erase(found);
  in_lobby([&](Lobby& lobby) { lobby.leave(*resident, how); });
}

template <typename Ask>
void ShardRooms::in_lobby(Ask ask) {
  mail_.wait_for_room();
  SharedLobby::Notebook::Entries published;
  {
    const std::lock_guard lock(shared_.mutex_);
    mail_.collect_mail();  // what others have settled before comes first here too
    ask(shared_.rooms_.lobby());
    if (shared_.rooms_.waits()) shared_.uncommitted_ = true;
    std::swap(told_here_, shared_.told_[loop_]);
    for (std::size_t other = 0; other < shared_.told_.size(); ++other) {
      shared_.group_.mailboxes[other]->post_all(shared_.told_[other]);
    }
    std::swap(published, shared_.published_.entries);
  }
  mail_.deliver_mail();
  for (const Letter& letter : told_here_) {
    for (Member* member : letter.to) member->deliver(letter.publication);
  }
  told_here_.clear();
  for (auto& [topic, publication] : published) topics_.publish(topic, std::move(publication));
}

}  // namespace threadmill::servers
