#!/usr/bin/env python3
"""An echo server that does one thing wrong: misbehaving_server.py never-ready|dies|lies|stays."""
import json
import os
import selectors
import signal
import socket
import sys

flaw = sys.argv[1]
if flaw == "never-ready":
    signal.pause()
if flaw == "stays":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)

listener = socket.create_server(("127.0.0.1", 0), backlog=64)
print(json.dumps({"port": listener.getsockname()[1]}), flush=True)

selector = selectors.DefaultSelector()
selector.register(listener, selectors.EVENT_READ)
answered = 0
while True:
    for key, _ in selector.select():
        if key.fileobj is listener:
            selector.register(listener.accept()[0], selectors.EVENT_READ)
            continue
        data = key.fileobj.recv(65536)
        if not data:
            selector.unregister(key.fileobj)
            key.fileobj.close()
            continue
        answered += 1
        if flaw == "dies" and answered > 30:  # well past the ten of the verification
            print("some warning\nout of luck", file=sys.stderr, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        key.fileobj.sendall(data[::-1] if flaw == "lies" else data)
