"""What the Python servers share: options, listener, ready line, limits."""

import argparse
import json
import socket

# As threadmill-server has them (servers/options.h), so that no subject is asked for more than another.
BACKLOG = 4096
MOST_REQUEST_BYTES = 1 << 20  # of one request; who sends a longer one gets an error and is left
MOST_QUEUED_BYTES = 8 << 20  # what may wait for one client; who is further behind is left
READ_BYTES = 64 << 10


def listen():
    """Listens where --address and --port say, and prints the ready line. Returns the socket."""
    options = argparse.ArgumentParser(allow_abbrev=False)
    options.add_argument("--address", default="127.0.0.1")
    options.add_argument("--port", type=int, default=0)
    chosen = options.parse_args()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # accepted sockets inherit it
    listener.bind((chosen.address, chosen.port))
    listener.listen(BACKLOG)
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    return listener
