"""One subscriber that never reads, among many that do: what the others lose, how much slower they are served, and how
much memory it takes. Pairs of runs with it and without it, a fresh server for each."""

import argparse
import json
import pathlib
import statistics
import sys

from common import abba, load, ours, rate, server
from intervals import median_interval

MOST_SLOWER = 0.05


def peak_bytes(pid):
    """The most that the process ever had resident. It ends the program where children serve: each has an outbox of its
    own, and what they share with their parent would be counted again and again."""
    if any(children.read_text(encoding="ascii").split() for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children")):
        sys.exit("this model serves clients in child processes, whose memory is not judged here; choose another --model")
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def plan_of(args, never_reading):
    plan = {"driver": "pubsub", "publishers": args.publishers, "subscribers": args.subscribers, "topics": 1,
            "window": args.window, "message_bytes": args.message_bytes,
            "stop": {"duration_s": args.seconds, "warmup_s": args.warmup}}
    if never_reading:
        plan["bystanders"] = {"slow_readers": 1, "slow_reader_bytes_per_s": 0}
    return plan


def run(args, never_reading):
    """One run. It ends the program where anything was lost, repeated, reordered or corrupt (common.load)."""
    argv = [ours("threadmill-server"), "--model", args.model, "--service", "chat", "--port", "0", "--outbox",
            str(args.outbox), "--slow-consumer", args.slow_consumer]
    with server(argv) as (port, process):
        report = load(port, plan_of(args, never_reading))
        peak = peak_bytes(process.pid)
        process.terminate()
        counts = json.loads(process.stdout.read().splitlines()[-1])
    reader = report.get("bystanders", {}).get("slow_readers", {})
    if reader.get("bytes_read"):
        sys.exit("the one that never reads has read")
    return {"rate": rate(report), "delivered": report["deliveries"], "peak": peak,
            "dropped": counts["deliveries_dropped"], "disconnected": counts["slow_disconnected"]}


def judge(args, pairs):
    ratios = [with_it["rate"] / without["rate"] for without, with_it in pairs]
    low, high, covers = median_interval(ratios)
    growth = [with_it["peak"] - without["peak"] for without, with_it in pairs]
    print(f"rate with / without: median {statistics.median(ratios):.4f}, {covers:.1%} interval {low:.4f} to {high:.4f} "
          f"(n={len(pairs)})")
    print(f"peak of the server's memory: {max(with_it['peak'] for _, with_it in pairs) / 1e6:.1f} MB with it, "
          f"{max(without['peak'] for without, _ in pairs) / 1e6:.1f} MB without; more by {max(growth) / 1e6:.1f} MB at most, "
          f"{max(growth) / args.outbox:.0%} of the {args.outbox / 1e6:.1f} MB that its outbox may have")
    full = [with_it["dropped"] > 0 or with_it["disconnected"] > 0 for _, with_it in pairs]
    verdicts = {f"the others lost nothing of {sum(run['delivered'] for pair in pairs for run in pair)} deliveries": True,
                f"slower by less than {MOST_SLOWER:.0%}": low > 1 - MOST_SLOWER,
                "the memory that it takes is within --outbox": max(growth) <= args.outbox}
    if not args.control:
        verdicts["its outbox was full before each run ended"] = all(full)
    for what, holds in verdicts.items():
        print(f"{'yes' if holds else 'NO '}  {what}")
    return all(verdicts.values())


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20, metavar="N")
    parser.add_argument("--model", default="broker")
    parser.add_argument("--slow-consumer", default="drop", choices=("drop", "disconnect"),
                        help="drop: it stays for the whole run; disconnect: until its outbox is full")
    parser.add_argument("--outbox", type=int, default=8 << 20, metavar="BYTES")
    parser.add_argument("--subscribers", type=int, default=100, metavar="N")
    parser.add_argument("--publishers", type=int, default=4, metavar="N")
    parser.add_argument("--window", type=int, default=32, metavar="N")
    parser.add_argument("--message-bytes", type=int, default=64, metavar="N")
    parser.add_argument("--seconds", type=float, default=3, metavar="S", help="of each run")
    parser.add_argument("--warmup", type=float, default=1, metavar="S")
    parser.add_argument("--control", action="store_true", help="nobody is there in either run: what the method itself finds")
    args = parser.parse_args()
    if args.outbox < 2 << 20:
        parser.error("--outbox takes at least 2097152: the server wants room for the answer to the longest request")
    if args.pairs < 1:
        parser.error("--pairs takes at least 1; fewer than 6 give no interval of 95 %")
    return args


def main():
    args = parse_arguments()
    pairs = []
    for without, with_it in abba(lambda: run(args, False), lambda: run(args, not args.control), args.pairs):
        pairs.append((without, with_it))
        print(f"pair {len(pairs):2}: without {without['rate']:.0f} messages/s, {without['peak'] / 1e6:.1f} MB; with "
              f"{with_it['rate']:.0f}, {with_it['peak'] / 1e6:.1f} MB, dropped for it {with_it['dropped']}, disconnected "
              f"{with_it['disconnected']}; ratio {with_it['rate'] / without['rate']:.4f}", flush=True)
    sys.exit(0 if judge(args, pairs) else 1)


main()
