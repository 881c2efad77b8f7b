"""Chat, one event loop for all clients. RESP2, so that any Redis client talks to it."""

import asyncio

import member
import resp
from chat import Chat


class Client(member.Member):
    chat = Chat()

    def data_received(self, data):
        self.buffer += data
        replies = []
        leaves = False
        try:
            for words in resp.take_commands(self.buffer):
                replies.append(self.chat.run(self, words))
                leaves = leaves or words[0].upper() == b"QUIT"
        except ValueError as error:
            replies.append(resp.error(f"Protocol error: {error}"))
            leaves = True
        self.write(b"".join(replies))
        if leaves:
            self.transport.close()

    def connection_lost(self, reason):
        self.chat.leave(self)


asyncio.run(member.serve(Client))
