"""What the rooms of a chat server hold (HISTORY), and where a journal file ends. For journal_kills.py."""

import socket

JOURNAL_HEADER = b"TMROOMS1"
RECORD_HEAD_BYTES = 12  # length of the payload, little-endian, and its sum


def whole_bytes(journal):
    """Of the file's bytes, how many are the header and whole records, by the lengths alone."""
    if journal[:len(JOURNAL_HEADER)] != JOURNAL_HEADER:
        return 0
    at = len(JOURNAL_HEADER)
    while at + RECORD_HEAD_BYTES <= len(journal):
        end = at + RECORD_HEAD_BYTES + int.from_bytes(journal[at:at + 4], "little")
        if end > len(journal):
            break
        at = end
    return at


class Reader:
    """A connection that only asks; it has no name and is in no room."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.replies = self.socket.makefile("rb")

    def close(self):
        self.replies.close()
        self.socket.close()

    def ask(self, *words):
        request = b"*%d\r\n" % len(words)
        for word in words:
            word = str(word).encode()
            request += b"$%d\r\n%s\r\n" % (len(word), word)
        self.socket.sendall(request)
        return self.reply()

    def reply(self):
        line = self.replies.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        if kind == b"$":
            return self.replies.read(int(rest) + 2)[:-2].decode("latin-1")
        if kind == b":":
            return int(rest)
        raise SystemExit(f"the server answered {line!r}")

    def history(self, room, limit):
        """All that the room holds, the oldest first: (number, name, text)."""
        pages, before = [], None
        while True:
            page = self.ask("HISTORY", room, limit, *([] if before is None else [before]))
            if not page:
                return [message for page in reversed(pages) for message in page]
            pages.append([(int(number), name, text) for number, name, text in page])
            before = pages[-1][0][0]

    def rooms(self, limit):
        return {room: self.history(room, limit) for room in self.ask("ROOMS")}
