"""What part the broker delivers of the most that one CPU can write to as many connections: one buffer of 64 KiB to each in
turn, by a bare program. Pairs of runs, the order turned round each time."""

import argparse
import json
import subprocess

from common import GENERATOR_CPU, SERVER_CPU, abba, load, ours, server, summary

MESSAGE_BYTES = 64
PUSH_BYTES = len(f"*3\r\n$7\r\nmessage\r\n$7\r\ntopic-0\r\n${MESSAGE_BYTES}\r\n") + MESSAGE_BYTES + 2


def bare(subscribers, seconds):
    argv = [ours("bare-fan-out"), str(subscribers), str(seconds), SERVER_CPU, GENERATOR_CPU]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["bytes_per_s"]


def broker(args, subscribers):
    plan = {"driver": "pubsub", "publishers": 4, "subscribers": subscribers, "topics": 1, "window": args.window,
            "message_bytes": MESSAGE_BYTES, "stop": {"duration_s": args.seconds, "warmup_s": 0.5}}
    with server([ours("threadmill-server"), "--model", "broker", "--service", "chat", "--port", "0"]) as (port, _):
        report = load(port, plan)
    window = report["window"]
    return report["deliveries_in_time"] * PUSH_BYTES * 1e9 / (window["end_ns"] - window["start_ns"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subscribers", type=int, nargs="+", default=[50, 100, 500, 1000, 2000])
    parser.add_argument("--pairs", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--window", type=int, default=512, help="messages of each of 4 publishers on their way")
    args = parser.parse_args()
    for subscribers in args.subscribers:
        ratios = []
        for ceiling, ours_bytes in abba(lambda: bare(subscribers, args.seconds), lambda: broker(args, subscribers),
                                        args.pairs):
            ratios.append(ours_bytes / ceiling)
            print(f"{subscribers} subscribers: bare {ceiling / 1e9:.2f} GB/s, broker {ours_bytes / 1e9:.2f} GB/s "
                  f"({ours_bytes / PUSH_BYTES / 1e6:.1f} M deliveries/s), {ratios[-1]:.2f}", flush=True)
        summary(f"{subscribers} subscribers, broker / bare", ratios)


main()
