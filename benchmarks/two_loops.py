"""What several loops or workers of one server cost each other, on two CPUs. Three runs in turns, each with four generators:

- alone: one server of one worker on CPU 0, the generators on CPU 1, as the harness has it;
- apart: two servers of one worker each, which share nothing but the kernel, on both CPUs;
- together: one server of two workers in their place.

Apart and together, two generators are on each CPU, and each server has clients of both CPUs: a message that stays on its CPU costs
less, and so half of them do in either case. CPU time per request of together / apart is then what the model's own sharing costs.
Time in which a worker waits, and nobody runs, is not in it. With --fan-out: publications at a set rate through one loop and through
two, all on both CPUs (CPU time per delivery)."""

import argparse
import statistics

from common import GENERATOR_CPU, SERVER_CPU
from gated import append, server_argv, trial
from intervals import median_interval

BOTH_CPUS = f"{SERVER_CPU},{GENERATOR_CPU}"
FAN_OUT = {"driver": "pubsub", "publishers": 1, "subscribers": 500, "topics": 1, "window": 64, "message_bytes": 64,
           "arrivals": {"process": "constant", "rate_per_s": 200}}


def echo_round(model, args):
    plan = {"driver": "echo", "connections": args.connections // 4, "message_bytes": 64,
            "stop": {"duration_s": args.seconds, "warmup_s": 0.3}}
    one, two = server_argv(model, "echo", 1), server_argv(model, "echo", 2)
    on_both = [SERVER_CPU, SERVER_CPU, GENERATOR_CPU, GENERATOR_CPU]  # dealt to two servers in turn: each has both CPUs
    return {"alone": trial([one], [GENERATOR_CPU] * 4, plan, SERVER_CPU),
            "apart": trial([one, one], on_both, plan, BOTH_CPUS),
            "together": trial([two], on_both, plan, BOTH_CPUS)}


def fan_out_round(model, args):
    plan = {**FAN_OUT, "stop": {"duration_s": args.seconds, "warmup_s": 0.3}}
    return {"apart": trial([server_argv(model, "chat", 1)], [BOTH_CPUS], plan, BOTH_CPUS),
            "together": trial([server_argv(model, "chat", 2)], [BOTH_CPUS], plan, BOTH_CPUS)}


def tell(model, rounds):
    ratios = [each["together"] / each["apart"] for each in rounds]
    low, high, covers = median_interval(ratios)
    print(f"{model:16} together / apart: {statistics.median(ratios):.3f} ({covers:.0%} interval {low:.3f} to {high:.3f}, "
          f"n={len(ratios)})", flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--fan-out", action="store_true")
    parser.add_argument("--rounds", type=int, default=10, metavar="N", help="fewer than 6 give no interval of 95 %%")
    parser.add_argument("--connections", type=int, default=128, metavar="N", help="of all generators together")
    parser.add_argument("--seconds", type=float, default=1, metavar="S", help="of each run")
    parser.add_argument("--out", metavar="FILE", help="append each round to this file of JSON lines")
    return parser.parse_args()


def main():
    args = parse_arguments()
    measure, kind = (fan_out_round, "fan-out") if args.fan_out else (echo_round, "echo")
    rounds = {model: [] for model in args.models}
    for _ in range(args.rounds):
        for model in args.models:  # in turns, so that what the machine does meanwhile falls on all alike
            rounds[model].append(measure(model, args))
            append(args.out, {"measured": kind, "model": model, "cpu_us": rounds[model][-1]})
    for model in args.models:
        tell(model, rounds[model])


main()
