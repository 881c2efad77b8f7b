"""A client of an event loop that is written to by others."""

import asyncio

import server


class Member(asyncio.Protocol):
    """Who does not read in time is left, so that what waits for a client is bounded."""

    def __init__(self):
        self.topics = set()
        self.buffer = bytearray()

    def connection_made(self, transport):
        self.transport = transport

    def write(self, data):
        transport = self.transport
        if transport.get_write_buffer_size() > server.MOST_QUEUED_BYTES:
            transport.abort()
        elif not transport.is_closing():
            transport.write(data)


async def serve(make_member):
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(make_member, sock=server.listen(), backlog=server.BACKLOG)
    await listener.serve_forever()
