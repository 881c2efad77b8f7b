#pragma once
// What a child process and its parent, who has topics and rooms, say to each other over a socket pair.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace threadmill::servers {

enum class FrameKind : std::uint8_t {
  join = 1,      ///< child: subscribe me to `topic`; answered by `done`, ahead of the first delivery
  leave,         ///< child: unsubscribe me from `topic`; answered by `done`, behind the last delivery
  publish,       ///< child: `body`, encoded, to all of `topic`; answered by `number`
  member_count,  ///< child: how many joined `topic`? Answered by `number`
  topics,        ///< child: which topics are there? Answered by `names`
  deliver,       ///< parent: write `body` to your client
  done,          ///< parent: you joined or left
  number,        ///< parent: `body` is a decimal number
  names,         ///< parent: `body` is a sequence of frames of this kind, a name in the `topic` of each
  lobby,    ///< child: the words in `body`, a frame of this kind for each, as a command for the lobby; with
            ///< "left" or "lost" as `topic`, my client has left it so. Answered by one whose `body` is the
            ///< reply
  welcome,  ///< parent: your channel is served, or will be
};

/// How a child says in `topic` that its client has left the lobby.
inline constexpr std::string_view kLeftLobby = "left";
inline constexpr std::string_view kLostLobby = "lost";

struct Frame {
  FrameKind kind = FrameKind::join;
  std::string_view topic;
  std::string_view body;
};

/// Appends a frame: kind (1 byte), topic length and body length (4 bytes each, this machine's order), topic,
/// body.
void append_frame(std::string& out, const Frame& frame);

/// Takes the first whole frame off `input`, with views into it; nothing while it is incomplete. Both ends are
/// this program, so anything else is a bug, and throws std::logic_error.
std::optional<Frame> take_frame(std::string_view& input);

/// What is delivered through a channel, framed.
std::string delivery_frame(std::string_view bytes);

/// Keeps the memory of a buffer for the next frame, unless it is a long one's.
void give_back(std::string& buffer);

/// Keeps in `partial` the `rest` that take_frame() left: of new bytes when `was_empty`, else of `partial`
/// itself, whose front alone is then dropped, so that a long frame is not copied again at each read.
void keep_rest(std::string& partial, bool was_empty, std::string_view rest);

}  // namespace threadmill::servers
