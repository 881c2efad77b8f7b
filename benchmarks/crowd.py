"""What a request costs among very many connections, all of which are used in turn, so that the state of each has left the caches:
several servers of one model on CPU 0, because a process may only have so many descriptors, each with as many clients, all
from CPU 1."""

import argparse
import statistics

from common import GENERATOR_CPU, SERVER_CPU
from gated import append, server_argv, trial


def measure(model, servers, args):
    plan = {"driver": "echo", "connections": args.each, "message_bytes": 64, "timeouts": {"connect_s": 60, "stall_s": 60},
            "stop": {"duration_s": args.seconds, "warmup_s": 1}}
    argv = server_argv(model, "echo", 0 if model in ("epoll", "broker") else 1)
    return trial([argv] * servers, [GENERATOR_CPU] * servers, plan, SERVER_CPU)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--servers", type=int, nargs="+", default=[1, 2, 5, 10], metavar="N")
    parser.add_argument("--each", type=int, default=19_000, metavar="N", help="clients of each server")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--seconds", type=float, default=3, metavar="S", help="of each run")
    parser.add_argument("--out", metavar="FILE", help="append what was measured to this file of JSON lines")
    return parser.parse_args()


def main():
    args = parse_arguments()
    costs = {(model, servers): [] for model in args.models for servers in args.servers}
    for _ in range(args.rounds):
        for (model, servers), measured in costs.items():  # in turns, so that what the machine does falls on all alike
            measured.append(measure(model, servers, args))
            append(args.out, {"measured": "crowd", "model": model, "connections": servers * args.each, "cpu_us": measured[-1]})
    for (model, servers), measured in costs.items():
        print(f"{model:10} {servers * args.each:7} connections: {statistics.median(measured):.2f} CPU-us a request "
              f"({min(measured):.2f} to {max(measured):.2f})", flush=True)


main()
