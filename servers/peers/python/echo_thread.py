"""RFC 862, a thread for each client: the main thread only accepts."""

import threading

import server


def serve(client):
    with client:
        try:
            while data := client.recv(server.READ_BYTES):
                client.sendall(data)
        except ConnectionError:
            pass  # the client left without a word


def main():
    listener = server.listen()
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()


main()
