"""What a model gives up for being a real server: echo against the barest program of its kind. Pairs of runs, the order
turned round each time. `fork` and `thread` beside bare-blocking, all others beside the model bare-epoll. Where the generator
is the limit, ratios are near 1 whatever the servers can do: --half-a-cpu makes the server the limit."""

import argparse
import contextlib
import subprocess
import sys

from common import SERVER_CPU, abba, load, ours, rate, server, summary

BARE_BLOCKING = ("fork", "thread")


def ours_argv(model):
    return [ours("threadmill-server"), "--model", model, "--service", "echo", "--port", "0", "--max-connections", "19000"]


def bare_argv(model):
    return [ours("bare-blocking"), model] if model in BARE_BLOCKING else ours_argv("bare-epoll")


@contextlib.contextmanager
def neighbour(wanted):
    """A process that never sleeps takes half of the server's CPU."""
    if not wanted:
        yield
        return
    process = subprocess.Popen(["taskset", "-c", SERVER_CPU, sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def measure(argv, connections, seconds):
    plan = {"driver": "echo", "connections": connections, "message_bytes": 64,
            "stop": {"duration_s": seconds, "warmup_s": 0.3}}
    with server(argv) as (port, _):
        report = load(port, plan)
    return rate(report), report["self"]["limited_by"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=["fork", "thread", "epoll", "asio-callback", "io-uring"])
    parser.add_argument("--connections", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--pairs", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--half-a-cpu", action="store_true", help="the server shares its CPU with a process that never sleeps")
    args = parser.parse_args()
    with neighbour(args.half_a_cpu):
        compare(args)


def compare(args):
    for connections in args.connections:
        for model in args.models:
            ratios, limits = [], set()
            for bare, real in abba(lambda: measure(bare_argv(model), connections, args.seconds),
                                   lambda: measure(ours_argv(model), connections, args.seconds), args.pairs):
                ratios.append(real[0] / bare[0])
                limits |= {bare[1], real[1]}
            summary(f"{model}, {connections} connections, model / bare (limited by {', '.join(sorted(limits))})", ratios)


main()
