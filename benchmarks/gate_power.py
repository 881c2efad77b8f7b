"""What `threadmill gate` finds: gates of a server against itself, and of one that is slowed on purpose, many times."""

import argparse
import collections
import csv
import json
import math
import os
import pathlib
import random
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

from common import ROOT

BIN = ROOT / "build" / "burn" / "bin"
SCENARIO, MODEL, METRIC = "echo-gate", "epoll", "cpu_us_per_request"
OUTCOMES = {0: "passed", 1: "failed", 3: "regression", 4: "inconclusive"}
PROBE_PERCENT = 10  # of the calibration: large beside the noise, and not so large that the server becomes another one


def threadmill(*arguments, may_exit_with=(0,)):
    """Runs the command; what it prints on standard output, its exit code and how long it took."""
    started = time.monotonic()
    done = subprocess.run([str(BIN / "threadmill"), *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    if done.returncode not in may_exit_with:
        said = done.stderr.strip() or done.stdout.strip()
        sys.exit(f"threadmill {arguments[0]} ended with {done.returncode}: {said}")
    return done.stdout, done.returncode, time.monotonic() - started


def values_of(result_file, subject):
    """The metric of each valid trial of the subject; threadmill derives it."""
    with tempfile.TemporaryDirectory() as folder:
        threadmill("report", result_file, "--format", "csv", "--out", folder)
        with open(pathlib.Path(folder) / "trials.csv", encoding="utf-8", newline="") as table:
            return [float(row[METRIC]) for row in csv.DictReader(table)
                    if row["subject"] == subject and row["valid"] == "true" and row[METRIC]]


def make_whole(path, make):
    """The file as `make(part)` leaves it; one that an interrupted call left half done does not count."""
    if not path.exists():
        part = path.with_name("part-" + path.name)
        part.unlink(missing_ok=True)
        make(part)
        part.rename(path)
    return path


def slowed_server(folder, burn_ns):
    """A program that is threadmill-server with the burn switched on."""
    path = folder / f"burn-{burn_ns}" / "threadmill-server"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(str(BIN / "threadmill-server"))} --burn-ns {burn_ns} "$@"\n')
    path.chmod(0o755)
    return path


def record_baseline(folder):
    return make_whole(folder / "baseline.jsonl", lambda part: threadmill("run", "gate", "--no-report", "--out", part))


def calibrate(args, folder, baseline):
    """By how many percent one nanosecond of burn slows the server, as one long `threadmill ab` has it."""
    def probe(part):
        burn_ns = round(statistics.median(values_of(baseline, MODEL)) * 1000 * PROBE_PERCENT / 100)
        trials = folder / "calibration-ab.jsonl"
        trials.unlink(missing_ok=True)
        said, _, _ = threadmill("ab", "--a", f"{MODEL}@{slowed_server(folder, 0)}", "--b",
                                f"{MODEL}@{slowed_server(folder, burn_ns)}", "--scenario", SCENARIO, "--metric", METRIC,
                                "--time", args.calibration_time, "--precision", "0.2%", "--out", trials, "--json",
                                may_exit_with=(0, 4))
        part.write_text(json.dumps({"burn_ns": burn_ns, "ab": json.loads(said)}))

    found = json.loads(make_whole(folder / "calibration.json", probe).read_text())
    metric = found["ab"]["metrics"][0]
    true_percent = 100 * (metric["ratio"] - 1)
    low, high = (100 * (end - 1) for end in metric["interval"])
    print(f"calibration: {found['burn_ns']} ns of burn a request make {true_percent:+.2f} % ({low:+.2f} to {high:+.2f}) of "
          f"{metric['a']['median']:.2f} CPU-us; `threadmill ab`: {metric['finding']}", flush=True)
    if true_percent < PROBE_PERCENT / 3:
        sys.exit(f"the burn does not slow the server as it should; see {folder / 'calibration.json'}")
    return true_percent / found["burn_ns"]


def judged(file):
    """The entry of our server in the file that a gate wrote for dashboards; empty where nothing could be judged."""
    if not file.exists():
        return {}
    entries = json.loads(file.read_text())["benchmarks"]
    return next((entry for entry in entries if entry["run_name"] == f"{SCENARIO}/{MODEL}/{METRIC}"), {})


def run_gate(args, baseline, server, folder):
    figures, trials = folder / "last-gate.json", folder / "last-gate.jsonl"
    for of_the_last_gate in (figures, trials):
        of_the_last_gate.unlink(missing_ok=True)
    out, code, seconds = threadmill("gate", "--baseline", baseline, "--server", server, "--time", args.time,
                                    "--max-regression", args.max_regression, "--out", trials, "--benchmark-json", figures,
                                    may_exit_with=OUTCOMES)
    entry = judged(figures)
    figures_kept = ("worsening", "worsening_low", "worsening_high", "noise_floor", "smallest_detectable")
    return {"outcome": OUTCOMES[code], "seconds": round(seconds, 2), "said": out.strip().splitlines()[-1:],
            **{key: entry.get(key) for key in figures_kept}}


def read_lines(path):
    """What an earlier call kept; a line that it did not finish does not count."""
    if not path.exists():
        return []
    text = path.read_text()
    whole = text[:text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole)
    return [json.loads(line) for line in whole.splitlines()]


def planned(args):
    """Every gate as (percent, number), kinds interleaved in an order that the seed settles."""
    plan = [(0, i) for i in range(args.aa)] + [(percent, i) for percent in args.slow for i in range(args.runs)]
    random.Random(args.seed).shuffle(plan)
    return plan


def gates(args, folder):
    baseline = record_baseline(folder)
    percent_per_ns = calibrate(args, folder, baseline) if args.slow else None
    path = folder / "gates.jsonl"
    kept = read_lines(path)
    done = {(gate["percent"], gate["number"]) for gate in kept}
    with open(path, "a", encoding="utf-8") as lines:
        for percent, number in planned(args):
            if (percent, number) in done:
                continue
            burn_ns = round(percent / percent_per_ns) if percent else 0
            gate = {"percent": percent, "number": number, "burn_ns": burn_ns,
                    **run_gate(args, baseline, slowed_server(folder, burn_ns), folder)}
            lines.write(json.dumps(gate) + "\n")
            lines.flush()
            os.fsync(lines.fileno())
            kept.append(gate)
            estimate = gate["worsening"] and f"{100 * (gate['worsening'] - 1):+.2f} %"
            print(f"slowed by {percent:4g} %, gate {number + 1:2}: {gate['outcome']:12} estimate {estimate}, "
                  f"{gate['seconds']:.0f} s", flush=True)
    summarise(kept)


def chance_interval(hits, count):
    """Wilson's 95 % interval of a share."""
    z, share = 1.96, hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return max(0, middle - reach), min(1, middle + reach)


def summarise(kept):
    kinds = collections.defaultdict(list)
    for gate in kept:
        kinds[gate["percent"]].append(gate)
    print("\n| slowed by | burn, ns | gates | passed | regression | inconclusive | failed | called a regression | "
          "estimates, % | seconds, longest |\n" + "|" + " ---: |" * 10)
    for percent, group in sorted(kinds.items()):
        counts = collections.Counter(gate["outcome"] for gate in group)
        low, high = chance_interval(counts["regression"], len(group))
        estimates = [100 * (gate["worsening"] - 1) for gate in group if gate["worsening"]]
        spread = (f"{statistics.median(estimates):+.2f} ({min(estimates):+.2f} to {max(estimates):+.2f})"
                  if estimates else "-")
        print(f"| {percent:g} % | {group[0]['burn_ns']} | {len(group)} | {counts['passed']} | {counts['regression']} | "
              f"{counts['inconclusive']} | {counts['failed']} | {counts['regression'] / len(group):.0%} "
              f"({low:.0%} to {high:.0%}) | {spread} | {max(gate['seconds'] for gate in group):.0f} |")
    print(smallest_caught(kinds))


def smallest_caught(kinds):
    """The smallest slowdown that, as every larger one that was tried, is called a regression 9 times of 10."""
    smallest = None
    for percent in sorted((p for p in kinds if p > 0), reverse=True):
        caught = sum(gate["outcome"] == "regression" for gate in kinds[percent])
        if caught < 0.9 * len(kinds[percent]):
            break
        smallest = percent
    if smallest is None:
        return "No slowdown that was tried was called a regression in 9 of 10 gates."
    return f"The smallest slowdown tried that was called a regression in 9 of 10 gates: {smallest:g} %."


def variation(values):
    return 100 * statistics.stdev(values) / statistics.mean(values)


def coefficient_of_variation(args, folder):
    """Of the metric over runs of the same model, each the median of its trials."""
    medians, within = [], []
    for i in range(args.cv):
        run = make_whole(folder / f"cv-{i}.jsonl", lambda part: threadmill(
            "run", SCENARIO, "--models", MODEL, "--repeats", args.cv_repeats, "--no-report", "--out", part))
        values = values_of(run, MODEL)
        medians.append(statistics.median(values))
        within.append(variation(values))
        print(f"run {i + 1:2}: median of {len(values)} trials {medians[-1]:.3f} CPU-us a request", flush=True)
    print(f"coefficient of variation over {args.cv} runs of {args.cv_repeats} trials: {variation(medians):.2f} %; "
          f"of single trials within a run: {statistics.median(within):.2f} %")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aa", type=int, default=0, metavar="N", help="gates of the server against itself")
    parser.add_argument("--slow", type=float, action="append", default=[], metavar="PERCENT",
                        help="also gates of a server that takes so much more CPU time a request; may be repeated")
    parser.add_argument("--runs", type=int, default=20, metavar="N", help="gates of each --slow")
    parser.add_argument("--cv", type=int, default=0, metavar="N",
                        help="instead: coefficient of variation of the metric over so many runs")
    parser.add_argument("--cv-repeats", type=int, default=20, metavar="N", help="trials of each of those runs")
    parser.add_argument("--time", default="50s", help="of each gate")
    parser.add_argument("--max-regression", default="5%")
    parser.add_argument("--calibration-time", default="300s", help="of the one `threadmill ab` that sets the burn")
    parser.add_argument("--seed", type=int, default=1, help="of the order of the gates")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "results" / "runs" / "gate-power",
                        help="folder of what is kept; a call with the same one goes on where the last one ended")
    args = parser.parse_args()
    if args.cv == 0 and args.aa == 0 and not args.slow:
        parser.error("nothing to do: give --aa, --slow or --cv")
    if args.cv == 1 or min([args.aa, args.cv, args.runs - 1, args.cv_repeats - 2, *args.slow]) < 0:
        parser.error("numbers must not be negative; --runs takes at least 1, --cv and --cv-repeats 2")
    return args


def main():
    args = parse_arguments()
    if not (BIN / "threadmill").exists():
        sys.exit("the burn preset is not built: cmake --preset burn && cmake --build --preset burn")
    args.out.mkdir(parents=True, exist_ok=True)
    if args.cv:
        coefficient_of_variation(args, args.out)
    else:
        gates(args, args.out)


if __name__ == "__main__":
    main()
