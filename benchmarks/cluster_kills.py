"""kill -9 of the server that leads a cluster's log, under load, many times: each message whose publisher was told that
it is published must come to each subscriber, at whatever server that is, once and in its publisher's order; and all
subscribers must hear the same order. Tells how long nothing was confirmed after each kill."""

import argparse
import array
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from common import need, ours

START_S, END_S = 30, 60
TOPIC = "log"
PAUSE_S = 0.002  # of a publisher: its client is Python, which should not be what is measured


def key(publisher, sequence):
    return publisher << 40 | sequence


class Cluster:
    """The three NATS servers."""

    def __init__(self, folder):
        self.folder = folder
        self.urls = json.loads(self.run("up", "--json"))["urls"]

    def run(self, verb, *options):
        done = subprocess.run([ours("threadmill"), "cluster", verb, "--dir", str(self.folder), *options],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stderr.strip())
        return done.stdout

    def servers(self):
        return json.loads(self.run("status", "--json"))["servers"]

    def leader(self):
        deadline = time.monotonic() + END_S
        while time.monotonic() < deadline:
            for server in self.servers():
                if server["stream_role"] == "leader":
                    return server
            time.sleep(0.2)
        raise SystemExit(f"the stream has no leader after {END_S} s")

    def is_whole(self):
        """Whether all copies of the stream are as long as the leader's."""
        leader = self.leader()
        url = f"http://127.0.0.1:{leader['monitor_port']}/jsz?streams=1"
        with urllib.request.urlopen(url, timeout=2) as answer:
            told = json.load(answer)
        replicas = [replica for account in told["account_details"] for stream in account["stream_detail"]
                    for replica in stream["cluster"].get("replicas", [])]
        return len(replicas) == 2 and all(r["current"] and not r.get("offline") for r in replicas)

    def mend(self):
        """Starts who was killed, and waits until it has caught up."""
        self.run("up")
        deadline = time.monotonic() + END_S
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, KeyError):
                if self.is_whole():
                    return
            time.sleep(0.2)
        raise SystemExit(f"the server that came back has not caught up after {END_S} s")


class Server:
    """One threadmill-server of the cluster, for as long as its context lasts."""

    def __init__(self, urls):
        argv = [ours("threadmill-server"), "--model", "broker", "--service", "chat", "--cluster", urls]
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        try:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit("threadmill-server did not start")
            self.port = json.loads(line)["port"]
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.kill()  # nothing, once stop() has been called
        self.process.wait()

    def stop(self):
        """What it counted."""
        self.process.terminate()
        out, _ = self.process.communicate(timeout=END_S)
        return json.loads(out.splitlines()[-1])


class Publisher(threading.Thread):
    """One message after the other, each once the one before is answered."""

    def __init__(self, number, port, stop):
        super().__init__(daemon=True)
        self.number, self.stop = number, stop
        self.confirmed = array.array("Q")
        self.confirmed_at = array.array("d")
        self.sent = self.refused = 0
        self.socket = socket.create_connection(("127.0.0.1", port), END_S)

    def run(self):
        answers = self.socket.makefile("r")
        while not self.stop.is_set():
            self.sent += 1
            self.socket.sendall(f"PUBLISH {TOPIC} {self.number}:{self.sent}\r\n".encode())
            answer = answers.readline()
            if answer.startswith(":"):
                self.confirmed.append(key(self.number, self.sent))
                self.confirmed_at.append(time.monotonic())
            elif answer.startswith("-"):
                self.refused += 1
            else:
                return
            time.sleep(PAUSE_S)

    def gap_s(self, since):
        """The longest time without a confirmation from shortly before `since` on."""
        times = [t for t in self.confirmed_at if t > since - 1]
        return max((b - a for a, b in zip(times, times[1:])), default=0)


class Subscriber(threading.Thread):
    def __init__(self, port):
        super().__init__(daemon=True)
        self.heard = array.array("Q")
        self.socket = socket.create_connection(("127.0.0.1", port), END_S)
        self.socket.settimeout(None)
        self.lines = self.socket.makefile("r")
        self.socket.sendall(f"SUBSCRIBE {TOPIC}\r\n".encode())
        for _ in range(6):
            self.lines.readline()

    def run(self):
        with contextlib.suppress(OSError, ValueError):
            for line in self.lines:
                if ":" in line and line[0].isdigit():
                    publisher, sequence = line.split(":")
                    self.heard.append(key(int(publisher), int(sequence)))

    def judge(self, confirmed):
        heard = set(self.heard)
        last, reordered = {}, 0
        for message in self.heard:
            publisher = message >> 40
            reordered += message < last.get(publisher, 0)
            last[publisher] = max(message, last.get(publisher, 0))
        return {"lost": len(confirmed - heard), "repeated": len(self.heard) - len(heard), "reordered": reordered,
                "heard, not confirmed": len(heard - confirmed)}


def kill_round(args, cluster, publishers):
    """Kills the leader, and waits until every publisher has been answered again and the cluster is whole."""
    time.sleep(args.calm)
    leader = cluster.leader()
    before = [len(p.confirmed) for p in publishers]
    killed_at = time.monotonic()
    os.kill(leader["pid"], signal.SIGKILL)
    deadline = killed_at + END_S
    while any(len(p.confirmed) < n + 10 or p.confirmed_at[-1] < killed_at + 0.5 for p, n in zip(publishers, before)):
        if time.monotonic() > deadline:
            raise SystemExit(f"nothing was confirmed for {END_S} s")
        time.sleep(0.05)
    gap_s = max(p.gap_s(killed_at) for p in publishers)
    cluster.mend()
    return leader["name"], gap_s


def await_quiet(subscribers):
    """Until nobody hears anything more."""
    heard = None
    while heard != [len(s.heard) for s in subscribers]:
        heard = [len(s.heard) for s in subscribers]
        time.sleep(1)


def run(args, cluster):
    with contextlib.ExitStack() as ends:
        return kill_and_compare(args, cluster, [ends.enter_context(Server(cluster.urls)) for _ in range(args.servers)])


def kill_and_compare(args, cluster, servers):
    subscribers = [Subscriber(servers[i % len(servers)].port) for i in range(args.subscribers)]
    stop = threading.Event()
    publishers = [Publisher(i + 1, servers[i % len(servers)].port, stop) for i in range(args.publishers)]
    for each in subscribers + publishers:
        each.start()
    gaps = []
    for number in range(1, args.rounds + 1):
        name, gap_s = kill_round(args, cluster, publishers)
        gaps.append(gap_s)
        print(f"round {number:2}: killed {name}, nothing confirmed for {gap_s * 1000:.0f} ms", flush=True)
    stop.set()
    for each in publishers:
        each.join(END_S)
    await_quiet(subscribers)
    confirmed = set().union(*(p.confirmed for p in publishers))
    judged = [s.judge(confirmed) for s in subscribers]
    result = {name: sum(j[name] for j in judged) for name in judged[0]}
    result["subscribers with another order"] = sum(s.heard != subscribers[0].heard for s in subscribers)
    result["confirmed"] = len(confirmed)
    result["refused"] = sum(p.refused for p in publishers)
    result["gap ms, median"] = round(sorted(gaps)[len(gaps) // 2] * 1000)
    result["gap ms, longest"] = round(max(gaps) * 1000)
    result["servers"] = [server.stop() for server in servers]
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--servers", type=int, default=2, help="threadmill-servers on the log")
    parser.add_argument("--publishers", type=int, default=4)
    parser.add_argument("--subscribers", type=int, default=4)
    parser.add_argument("--calm", type=float, default=2, help="seconds of load before each kill")
    args = parser.parse_args()
    need("nats-server", "nats-server")
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(pathlib.Path(folder) / "cluster")
        try:
            result = run(args, cluster)
        finally:
            cluster.run("down")
    print(json.dumps(result, indent=2))
    kept = not (result["lost"] or result["repeated"] or result["reordered"] or result["subscribers with another order"])
    print("kept" if kept else "NOT KEPT")
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
