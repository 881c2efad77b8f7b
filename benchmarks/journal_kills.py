"""kill -9 of a chat server with a journal, under load, many times: after each restart every message that its sender
knew to be confirmed must be in its room's history, once and in order, and nothing that nobody sent."""

import argparse
import collections
import json
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

from common import ours
from room_history import Reader, whole_bytes

HISTORY = 10_000  # the most that the server keeps of a room
TORN = re.compile(r"a torn record at its end was cut off, (\d+) bytes")
START_S, END_S = 20, 30


class Server:
    """On the journal in `folder`. Its standard error is kept in a file of its own for each start."""

    def __init__(self, args, folder, start):
        self.said_path = folder / f"stderr-{start}"
        argv = [ours("threadmill-server"), "--model", args.model, "--service", "chat", "--port", "0", "--history",
                str(HISTORY), "--journal", str(folder / "journal"), "--journal-sync", args.journal_sync,
                *args.server_options]
        with open(self.said_path, "wb") as said:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said,
                                            text=True)
        line = self.process.stdout.readline()
        if not line:
            self.process.wait(START_S)
            raise SystemExit(f"the server did not start: {self.said()}")
        self.port = json.loads(line)["port"]

    def said(self):
        return self.said_path.read_text(errors="replace").strip()

    def end(self, number):
        self.process.send_signal(number)
        self.process.wait(END_S)
        self.process.stdout.close()


def plan_of(args, port, seed):
    """Publishers that have `window` messages under way each, until the server is no more."""
    return {"target": {"address": "127.0.0.1", "port": port}, "driver": "pubsub", "protocol": "rooms",
            "publishers": args.publishers, "subscribers": args.subscribers, "topics": args.rooms,
            "window": args.window, "message_bytes": args.message_bytes, "seed": seed,
            "stop": {"duration_s": 3600}}


def kill_under_load(args, server, seed, after_s, record):
    """Kills the server so long after the load has begun. The generator's report."""
    generator = subprocess.Popen([ours("threadmill-load"), "--gates", "--record", str(record)],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    generator.stdin.write(json.dumps(plan_of(args, server.port, seed)) + "\n")
    generator.stdin.flush()
    for gate in ("start", "connected", "warm"):
        line = generator.stdout.readline()
        if not line or json.loads(line).get("gate") != gate:
            generator.kill()
            raise SystemExit(f"the load did not begin: {line}{generator.stderr.read()}")
        generator.stdin.write("go\n")
        generator.stdin.flush()
    time.sleep(after_s)
    if generator.poll() is not None or server.process.poll() is not None:
        raise SystemExit(f"the load ended before the kill: {generator.stdout.read()}{server.said()}")
    server.end(signal.SIGKILL)
    out, err = generator.communicate(timeout=END_S)
    if generator.returncode != 0:
        raise SystemExit(err.strip())
    return json.loads(out.splitlines()[-1])


def read_record(path):
    """The texts sent, each with (publisher, sequence), and which of these were confirmed."""
    sent, confirmed = {}, set()
    with open(path, encoding="latin-1") as lines:
        for line in lines:
            word, publisher, sequence, *text = line.split()
            message = (int(publisher), int(sequence))
            if word == "sent":
                sent[text[0]] = message
            else:
                confirmed.add(message)
    return sent, confirmed


class Rooms:
    """What each room held when it was last read, and what it may hold after the next kill."""

    def __init__(self, count):
        self.count = count
        self.known = {}

    def judge(self, now, sent, confirmed, counts):
        """Compares what the rooms hold now with what they held, and with what was sent since then."""
        found = collections.Counter()
        for room in sorted(set(self.known) | set(now)):
            before, holds = self.known.get(room, []), now.get(room, [])
            last = before[-1][0] if before else 0
            new = [message for message in holds if message[0] > last]
            if len(new) >= HISTORY:
                raise SystemExit(f"more than {HISTORY} messages in {room} between two kills, so the oldest are gone; "
                                 "give more --rooms, or a shorter --longest")
            self.judge_old(before[max(0, len(before) + len(new) - HISTORY):], holds[:len(holds) - len(new)], counts)
            self.judge_new(room, new, sent, found, counts)
        counts["repeated"] += sum(times - 1 for times in found.values())
        counts["confirmed"] += len(confirmed)
        counts["found"] += sum(message in found for message in confirmed)
        counts["missing"] += sum(message not in found for message in confirmed)
        in_flight = set(sent.values()) - confirmed
        counts["in flight"] += len(in_flight)
        counts["in flight, found"] += sum(message in found for message in in_flight)
        self.known = now

    @staticmethod
    def judge_old(expected, old, counts):
        """What was read after an earlier kill must be there to the byte, but for what the history's limit took."""
        counts["kept from before"] += len(expected)
        if old != expected:
            counts["missing from before"] += len(set(expected) - set(old))
            counts["foreign"] += len(set(old) - set(expected))
            counts["out of order"] += sorted(old) != old or len(old) != len(set(old))

    def judge_new(self, room, new, sent, found, counts):
        latest = {}
        number_before = 0
        for number, name, text in new:
            message = sent.get(text)
            if message is None or name != f"publisher-{message[0]}" or room != f"topic-{message[0] % self.count}":
                counts["foreign"] += 1
                continue
            found[message] += 1
            publisher, sequence = message
            counts["out of order"] += number <= number_before or sequence < latest.get(publisher, -1)
            latest[publisher], number_before = sequence, number


def judge_report(report, counts):
    """What subscribers received until the kill was right, too. Lost is then what was under way."""
    for kind in ("corrupt", "misdelivered", "repeated", "reordered"):
        counts[f"subscribers: {kind}"] += report["integrity"][kind]


def judge_end(journal, said, counts):
    """The server must say how much it cut off a torn end, and nothing where there is none."""
    torn_bytes = len(journal) - whole_bytes(journal)
    told = TORN.search(said)
    counts["torn tails cut"] += told is not None
    counts["torn tails told wrong"] += (int(told.group(1)) if told else 0) != torn_bytes
    return torn_bytes


WRONG = ("missing", "missing from before", "repeated", "out of order", "foreign", "torn tails told wrong",
         "subscribers: corrupt", "subscribers: misdelivered", "subscribers: repeated", "subscribers: reordered")


def tear(path, chance):
    """Adds the beginning of a record, as a write leaves it that a power cut interrupted."""
    with open(path, "r+b") as file:
        journal = file.read()
        record = (1000).to_bytes(4, "little") + bytes(1008)
        file.write(record[:chance.randrange(1, len(record))] if len(journal) == whole_bytes(journal) else b"")


def kills(args, folder, counts):
    chance = random.Random(args.seed)
    rooms = Rooms(args.rooms)
    server = Server(args, folder, 0)
    try:
        for i in range(1, args.kills + 1):
            before = counts.copy()
            after_s = chance.uniform(args.shortest, args.longest)
            record = folder / "record"
            report = kill_under_load(args, server, args.seed + i, after_s, record)
            path = folder / "journal" / "rooms.journal"
            if args.tear:
                tear(path, chance)
            journal = path.read_bytes()
            server = Server(args, folder, i)
            torn_bytes = judge_end(journal, server.said(), counts)
            judge_report(report, counts)
            reader = Reader(server.port)
            rooms.judge(reader.rooms(HISTORY), *read_record(record), counts)
            reader.close()
            counts["kills"] += 1
            done = counts - before
            print(f"kill {i:3} after {after_s:.3f} s: confirmed {done['confirmed']}, found {done['found']}, missing "
                  f"{done['missing']}; in flight {done['in flight']}, found {done['in flight, found']}; journal "
                  f"{len(journal)} bytes, torn {torn_bytes}; kept from before {done['kept from before']}, missing "
                  f"{done['missing from before']}", flush=True)
    finally:
        if server.process.poll() is None:
            server.end(signal.SIGTERM)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20, metavar="N")
    parser.add_argument("--model", default="broker")
    parser.add_argument("--journal-sync", default="turn", choices=("turn", "always", "none"))
    parser.add_argument("--server-options", nargs="*", default=[], metavar="WORD", help="further options of the server")
    parser.add_argument("--publishers", type=int, default=32, metavar="N")
    parser.add_argument("--subscribers", type=int, default=32, metavar="N")
    parser.add_argument("--rooms", type=int, default=16, metavar="N")
    parser.add_argument("--window", type=int, default=32, metavar="N", help="messages under way of each publisher")
    parser.add_argument("--message-bytes", type=int, default=300, metavar="N")
    parser.add_argument("--shortest", type=float, default=0.05, metavar="S", help="load before a kill, at least")
    parser.add_argument("--longest", type=float, default=0.3, metavar="S", help="load before a kill, at most")
    parser.add_argument("--tear", action="store_true", help="leave a torn record at the journal's end after each kill")
    parser.add_argument("--seed", type=int, default=1, help="of the moments of the kills and of what is said")
    args = parser.parse_args()
    if min(args.kills, args.rooms, args.publishers // args.rooms) < 1 or not 0 <= args.shortest <= args.longest:
        parser.error("at least one kill, one room, a publisher for each room, and --shortest below --longest")
    return args


def main():
    args = parse_arguments()
    counts = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="threadmill-kills-") as folder:
        kills(args, pathlib.Path(folder), counts)
    print(f"\n{args.model}, --journal-sync {args.journal_sync}:")
    for name in ("kills", "confirmed", "found", "missing", "in flight", "in flight, found", "kept from before",
                 "torn tails cut"):
        print(f"  {name}: {counts[name]}")
    wrong = {name: counts[name] for name in WRONG if counts[name]}
    if wrong:
        print("wrong: " + ", ".join(f"{count} {name}" for name, count in wrong.items()))
        sys.exit(1)
    print("no confirmed message is missing, none is there twice or out of order, and none that nobody sent")


main()
