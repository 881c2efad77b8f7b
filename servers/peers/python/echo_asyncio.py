"""RFC 862, one event loop for all clients."""

import asyncio

import server


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

    # Who does not read is not read from either, so that nothing piles up.
    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


async def main():
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(Echo, sock=server.listen(), backlog=server.BACKLOG)
    await listener.serve_forever()


asyncio.run(main())
