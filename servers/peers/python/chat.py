"""Publish/subscribe over RESP2, whoever serves it: no socket, no thread."""

import resp

# As threadmill-server has them (servers/core/chat_session.h).
MOST_TOPICS = 1024  # of one member
MOST_TOPIC_BYTES = 512
WHILE_SUBSCRIBED = {b"SUBSCRIBE", b"UNSUBSCRIBE", b"PING", b"QUIT"}


class Chat:
    """Topics and their members. A member has `topics`, a set, and `write(bytes)`, which never fails."""

    def __init__(self):
        self.topics = {}

    def run(self, member, words):
        """Does what a command asks for; returns the reply."""
        name = words[0].upper()
        if member.topics and name not in WHILE_SUBSCRIBED:
            return resp.error("only SUBSCRIBE / UNSUBSCRIBE / PING / QUIT are allowed in this context")
        match name, words[1:]:
            case b"PUBLISH", [topic, payload]:
                return b":%d\r\n" % self.publish(topic, payload)
            case b"SUBSCRIBE", [_, *_] as topics:
                return b"".join(self.join(member, topic) for topic in topics)
            case b"UNSUBSCRIBE", topics:
                return b"".join(self.part(member, topic) for topic in topics or sorted(member.topics))
            case b"PING", []:
                return resp.array(b"pong", b"") if member.topics else b"+PONG\r\n"
            case b"PING", [text]:
                return resp.array(b"pong", text) if member.topics else resp.bulk(text)
            case b"ECHO", [text]:
                return resp.bulk(text)
            case b"QUIT", _:
                return b"+OK\r\n"
        return resp.error("unknown command, or the wrong number of arguments")

    def publish(self, topic, payload):
        members = self.topics.get(topic, ())
        push = resp.array(b"message", topic, payload)
        for member in members:
            member.write(push)
        return len(members)

    def join(self, member, topic):
        if len(topic) > MOST_TOPIC_BYTES or len(member.topics) >= MOST_TOPICS:
            return resp.error(f"at most {MOST_TOPICS} topics of at most {MOST_TOPIC_BYTES} bytes")
        self.topics.setdefault(topic, {})[member] = True
        member.topics.add(topic)
        return resp.subscription(b"subscribe", topic, len(member.topics))

    def part(self, member, topic):
        members = self.topics.get(topic, {})
        members.pop(member, None)
        if not members:
            self.topics.pop(topic, None)
        member.topics.discard(topic)
        return resp.subscription(b"unsubscribe", topic, len(member.topics))

    def leave(self, member):
        for topic in list(member.topics):
            self.part(member, topic)
