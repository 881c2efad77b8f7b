"""Publish/subscribe for the web, one event loop for all clients: POST /topics/{topic}/messages publishes
{"data": TEXT}, GET /events?topic=a&topic=b receives {"topic": TOPIC, "data": TEXT} as Server-Sent Events."""

import asyncio
import json
from collections import defaultdict

import member
from http_request import take_request

# As threadmill-server has them (servers/core/http_session.h).
MOST_STREAM_TOPICS = 64  # of one event stream
MOST_WEB_TOPIC_BYTES = 200
EVENTS = (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
          b"Connection: close\r\n\r\n")


def to_json(content):
    return json.dumps(content, separators=(",", ":")).encode()


def is_long(topic):
    return len(topic.encode()) > MOST_WEB_TOPIC_BYTES


def response(status, content):
    body = to_json(content)
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def event_of(topic, text):
    """Encoded once, whoever receives it."""
    return b"data: " + to_json({"topic": topic, "data": text}) + b"\n\n"


def text_in(body):
    """The text of {"data": TEXT}. ValueError: the body is something else."""
    match json.loads(body):
        case {"data": str(text)}:
            return text
    raise ValueError("the body has to be {\"data\": TEXT}")


class Client(member.Member):
    members = defaultdict(dict)  # topic -> members, in the order in which they came

    def data_received(self, data):
        if self.topics:
            return  # who receives has nothing more to say
        self.buffer += data
        answers = []
        is_wrong = False
        try:
            while not self.topics and (request := take_request(self.buffer)):
                answers.append(self.answer(request))
        except ValueError as error:
            answers.append(response("400 Bad Request", {"error": str(error)}))
            is_wrong = True
        self.write(b"".join(answers))
        if is_wrong:
            self.transport.close()

    def answer(self, request):
        match request.method, request.path:
            case "POST", ["topics", topic, "messages"] if not is_long(topic):
                return response("200 OK", {"receivers": self.publish(topic, text_in(request.body))})
            case "GET", ["events"]:
                return self.subscribe(request.query.get("topic", []))
        return response("404 Not Found", {"error": "there is POST /topics/{topic}/messages and GET /events?topic="})

    def publish(self, topic, text):
        members = self.members.get(topic, ())
        event = event_of(topic, text)
        for other in members:
            other.write(event)
        return len(members)

    def subscribe(self, topics):
        if not 1 <= len(topics) <= MOST_STREAM_TOPICS or any(map(is_long, topics)):
            return response("400 Bad Request", {"error": f"topic: name 1 to {MOST_STREAM_TOPICS} of them, "
                                                         f"of at most {MOST_WEB_TOPIC_BYTES} bytes"})
        self.topics.update(topics)
        for topic in self.topics:
            self.members[topic][self] = True
        return EVENTS

    def connection_lost(self, reason):
        for topic in self.topics:
            self.members[topic].pop(self, None)
            if not self.members[topic]:
                del self.members[topic]


asyncio.run(member.serve(Client))
