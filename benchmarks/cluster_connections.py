"""Does a cluster serve more connections, as 003_53b9d1731df8acb3 says? Within a limit of descriptors for each process:
how many subscribers one standalone broker serves, how many one broker on a replicated log, and how many three brokers on
that log serve together. A subscriber is served when every message that is published at one of the brokers reaches it."""

import argparse
import contextlib
import json
import pathlib
import resource
import socket
import subprocess
import sys
import tempfile
import time

from cluster_kills import Cluster
from common import need, ours

TOPIC = "t"
PATIENCE_S = 60
TOLD = f"*3\r\n$9\r\nsubscribe\r\n$1\r\n{TOPIC}\r\n:1\r\n".encode()


def push(text):
    return f"*3\r\n$7\r\nmessage\r\n$1\r\n{TOPIC}\r\n${len(text)}\r\n{text}\r\n".encode()


def receive(client, size):
    """As many bytes, or fewer where the server ends."""
    got = b""
    while len(got) < size:
        part = client.recv(size - len(got))
        if not part:
            break
        got += part
    return got


@contextlib.contextmanager
def broker(limit, urls=None):
    """The port of one that may have `limit` descriptors."""
    argv = [ours("threadmill-server"), "--model", "broker", "--service", "chat", "--max-connections", "1000000"]
    argv += ["--cluster", urls] if urls else []
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
    try:
        line = process.stdout.readline()
        if not line:
            raise SystemExit("threadmill-server did not start")
        yield json.loads(line)["port"]
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_S)


def fill(port):
    """Subscribers, until one is refused."""
    clients = []
    while True:
        client = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
        client.sendall(f"SUBSCRIBE {TOPIC}\r\n".encode())
        answer = b""
        with contextlib.suppress(ConnectionError):
            answer = receive(client, len(TOLD))
        if answer != TOLD:
            client.close()
            return clients
        clients.append(client)


def publish(client, texts):
    answers = client.makefile("r")
    for text in texts:
        client.sendall(f"PUBLISH {TOPIC} {text}\r\n".encode())
        answer = answers.readline()
        if not answer.startswith(":"):
            raise SystemExit(f"a message was not published: {answer.strip()}")


def served(ports, texts):
    """How many subscribers these brokers have together, and how many of them got every message, once and in order."""
    publisher = socket.create_connection(("127.0.0.1", ports[0]), PATIENCE_S)
    clients = [client for port in ports for client in fill(port)]
    began = time.monotonic()
    publish(publisher, texts)
    expected = b"".join(push(text) for text in texts)
    good = sum(receive(client, len(expected)) == expected for client in clients)
    took_s = time.monotonic() - began
    for client in [*clients, publisher]:
        client.close()
    return len(clients), good, took_s


def measure(limit, messages, urls, count):
    with contextlib.ExitStack() as stack:
        ports = [stack.enter_context(broker(limit, urls)) for _ in range(count)]
        return served(ports, [f"message-{number}" for number in range(messages)])


def tell(name, result):
    connected, good, took_s = result
    print(f"{name}: {connected:,} subscribers, of whom {good:,} got every message ({took_s * 1000:.0f} ms)", flush=True)
    return good if good == connected else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=2000, help="descriptors that a broker may have")
    parser.add_argument("--brokers", type=int, default=3, help="on one log")
    parser.add_argument("--messages", type=int, default=10)
    args = parser.parse_args()
    need("nats-server", "nats-server")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < (args.brokers + 1) * args.limit:
        sys.exit(f"this process may have {most} descriptors and needs {(args.brokers + 1) * args.limit}; give a lower "
                 "--limit, or raise the limit of open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(f"{args.limit:,} descriptors for each broker, {args.messages} messages")
    alone = tell("one broker, standalone", measure(args.limit, args.messages, None, 1))
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(pathlib.Path(folder) / "cluster")
        try:
            one = tell("one broker on the log", measure(args.limit, args.messages, cluster.urls, 1))
            all_of_them = tell(f"{args.brokers} brokers on one log",
                               measure(args.limit, args.messages, cluster.urls, args.brokers))
        finally:
            cluster.run("down")
    if not (alone and one and all_of_them):
        sys.exit("not every subscriber got every message: nothing is decided")
    verdict = "confirmed" if all_of_them > alone else "refuted"
    print(f"a cluster serves more connections: {verdict}; {all_of_them / alone:.2f} times as many as one standalone")


if __name__ == "__main__":
    main()
