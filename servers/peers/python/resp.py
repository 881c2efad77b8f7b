"""RESP2 as a server reads and writes it."""

import server

MOST_WORDS = 1024


def take_commands(buffer):
    """Takes the whole commands off the front of a bytearray: lists of words. ValueError: this is not RESP2."""
    commands = []
    at = 0
    while (parsed := _command_at(buffer, at)) is not None:
        words, at = parsed
        if words:
            commands.append(words)
    del buffer[:at]
    if len(buffer) > server.MOST_REQUEST_BYTES:
        raise ValueError(f"request longer than the limit of {server.MOST_REQUEST_BYTES} bytes")
    return commands


def _command_at(buffer, at):
    """The words of the command that begins there, and where it ends; None while it is not complete."""
    end = buffer.find(b"\n", at)
    if end < 0:
        return None
    if buffer[at] != ord("*"):
        return bytes(buffer[at:end]).split(), end + 1  # an inline command
    count = _number(buffer[at + 1 : end], MOST_WORDS)
    words = []
    for _ in range(count):
        begin = end + 1
        end = buffer.find(b"\n", begin)
        if end < 0:
            return None
        if buffer[begin] != ord("$"):
            raise ValueError("expected '$'")
        after = end + 1 + _number(buffer[begin + 1 : end], server.MOST_REQUEST_BYTES)
        if len(buffer) < after + 2:
            return None
        words.append(bytes(buffer[end + 1 : after]))
        end = after + 1
    return words, end + 1


def _number(digits, most):
    number = int(digits)
    if not 0 <= number <= most:
        raise ValueError(f"a length must be from 0 to {most}")
    return number


def bulk(data):
    return b"$%d\r\n%b\r\n" % (len(data), data)


def array(*words):
    return b"*%d\r\n%b" % (len(words), b"".join(map(bulk, words)))


def error(text):
    return b"-ERR %b\r\n" % text.replace("\r", " ").replace("\n", " ").encode(errors="replace")


def subscription(kind, topic, count):
    """What confirms SUBSCRIBE and UNSUBSCRIBE."""
    return b"*3\r\n" + bulk(kind) + bulk(topic) + b":%d\r\n" % count
