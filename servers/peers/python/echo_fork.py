"""RFC 862, a process for each client: the parent accepts and forks, the child serves until its client leaves."""

import os
import signal
import sys

import server


def serve(client):
    try:
        while data := client.recv(server.READ_BYTES):
            client.sendall(data)
    except ConnectionError:
        pass  # the client left without a word


def become_child(listener, client):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    listener.close()
    try:
        serve(client)
    finally:
        os._exit(0)  # nothing of the parent's is to be cleaned up


def reap(children):
    """Lets go of the children that have ended."""
    while children:
        pid, _ = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        children.discard(pid)


def end(children):
    for pid in children:
        os.kill(pid, signal.SIGTERM)
    for pid in children:
        os.waitpid(pid, 0)


def main():
    children = set()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listener = server.listen()
    try:
        while True:
            client, _ = listener.accept()
            # Asked to end between the fork and the note of it, the parent would leave a child behind.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
            pid = os.fork()
            if pid == 0:
                become_child(listener, client)
            children.add(pid)
            client.close()
            reap(children)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    finally:
        end(children)


main()
