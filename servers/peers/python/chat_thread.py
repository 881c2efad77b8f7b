"""Chat, a thread for each client: one lock guards who is there and all that is written, and the thread of who
publishes writes to everybody in turn. RESP2, so that any Redis client talks to it."""

import socket
import struct
import threading

import resp
import server
from chat import Chat

SEND_LIMIT_S = 1  # for as long a client that does not read holds up the others; then it is left


class Member:
    def __init__(self, client):
        self.client = client
        self.topics = set()

    def write(self, data):
        try:
            self.client.sendall(data)
        except OSError:
            self.leave()

    def leave(self):
        """Makes its thread come to its end."""
        try:
            self.client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the client was first


def serve(client, chat, lock):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_LIMIT_S, 0))
    member = Member(client)
    buffer = bytearray()
    try:
        while data := client.recv(server.READ_BYTES):
            buffer += data
            for words in resp.take_commands(buffer):
                with lock:
                    member.write(chat.run(member, words))
                if words[0].upper() == b"QUIT":
                    return
    except ValueError as error:
        with lock:
            member.write(resp.error(f"Protocol error: {error}"))
    except ConnectionError:
        pass  # the client left without a word
    finally:
        with lock:
            chat.leave(member)
            client.close()


def main():
    chat = Chat()
    lock = threading.Lock()
    listener = server.listen()
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, chat, lock), daemon=True).start()


main()
