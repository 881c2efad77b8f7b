"""What loading from two hosts changes: the same plan from one process on one host and from two on two, and from one on one
once more, as the yardstick of what the machine's noise changes. Hosts are network namespaces on a bridge, made here and removed
in the end (root, iproute2); mpirun starts processes in them by this file as its agent. The server has CPU 0, all processes of
the generator CPU 1. Far below saturation the ratios are 1: what is counted is exactly equal, percentiles but for the noise."""

import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys

from common import GENERATOR_CPU, checked, need, ours, server, summary

BRIDGE, HOSTS = f"tm-{os.getpid()}", [f"tm-{os.getpid()}-{name}" for name in "ab"]
SERVER_ADDRESS = "198.18.9.1"  # of the addresses that are for benchmarks of networks (RFC 2544)


def ip(*words, check=True):
    done = subprocess.run([need("ip", "iproute2"), *words], capture_output=True, text=True)
    if check and done.returncode != 0:
        sys.exit(f"ip {' '.join(words)}: {done.stderr.strip()} (it takes root)")


@contextlib.contextmanager
def hosts():
    try:
        ip("link", "add", BRIDGE, "type", "bridge")
        ip("address", "add", f"{SERVER_ADDRESS}/24", "dev", BRIDGE)
        ip("link", "set", BRIDGE, "up")
        for number, host in enumerate(HOSTS):
            ip("netns", "add", host)
            ip("link", "add", f"{BRIDGE}-{number}", "type", "veth", "peer", "name", "eth0", "netns", host)
            ip("link", "set", f"{BRIDGE}-{number}", "master", BRIDGE, "up")
            ip("-n", host, "address", "add", f"198.18.9.{number + 2}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                ip("-n", host, "link", "set", device, "up")
        yield
    finally:
        for number, host in enumerate(HOSTS):
            ip("netns", "delete", host, check=False)
            ip("link", "delete", f"{BRIDGE}-{number}", check=False)
        ip("link", "delete", BRIDGE, check=False)


def report(port, names, arguments):
    """Of the plan, with as many threads in all whatever the number of hosts."""
    plan = {"target": {"address": SERVER_ADDRESS, "port": port}, "driver": "echo", "connections": 20, "message_bytes": 64,
            "threads": len(HOSTS) // len(names), "seed": 1, "cpus": [int(GENERATOR_CPU)],
            "arrivals": {"process": "poisson", "rate_per_s": arguments.rate},
            "stop": {"duration_s": arguments.seconds, "warmup_s": 0.5}}
    words = [need("mpirun", "openmpi-bin"), "--host", ",".join(names), "-np", str(len(names)), "--bind-to", "none",
             "--allow-run-as-root", "--mca", "plm_rsh_agent", f"{sys.executable} {pathlib.Path(__file__).resolve()} --agent",
             ours("threadmill-load-mpi")]
    done = subprocess.run(words, input=json.dumps(plan), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr.strip())
    return checked(json.loads(done.stdout))


def typical_second(whole, percentile):
    """A second in which the machine stood still is no figure of either side."""
    return statistics.median(second[percentile] for second in whole["series"]["service_time"])


def figures(whole):
    service = whole["latency"]["service_time"]
    return {"asked": whole["completed"] + whole["unsent"], "answered": whole["completed"],
            "mean": service["mean"], **{p: typical_second(whole, f"{p}_ns") for p in ("p50", "p99")}}


def run(arguments):
    rounds = {"two hosts / one host": [], "one host / one host": []}
    argv = [ours("threadmill-server"), "--model", "epoll", "--service", "echo", "--port", "0", "--address", SERVER_ADDRESS]
    with hosts(), server(argv) as (port, _):
        turns = [HOSTS[:1], HOSTS, HOSTS[:1]]
        for number in range(arguments.rounds):
            first, two, again = (figures(report(port, names, arguments)) for names in turns)
            # The two hosts' turn lies in the middle: compared with both its neighbours, and these with each other.
            one = {name: (first[name] + again[name]) / 2 for name in first}
            rounds["two hosts / one host"].append({name: two[name] / one[name] for name in one})
            rounds["one host / one host"].append({name: again[name] / first[name] for name in one})
            print(number + 1, " ".join(f"{name} {ratio:.3f}" for name, ratio in rounds["two hosts / one host"][-1].items()),
                  flush=True)
    for what, ratios in rounds.items():
        for name in ratios[0]:
            summary(f"{what}: {name}", [ratio[name] for ratio in ratios])


def be_agent(host, command):
    """Of mpirun: a host is a namespace, with a name of its own, and the command is for a shell there, as ssh has it (mpirun(1))."""
    name_and_run = 'hostname "$0" && exec sh -c "$1"'
    os.execvp("ip", ["ip", "netns", "exec", host, "unshare", "--uts", "sh", "-c", name_and_run, host, command])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--agent"]:
        be_agent(sys.argv[2], " ".join(sys.argv[3:]))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--rate", type=int, default=1000, help="requests/s of all processes together")
    parser.add_argument("--seconds", type=float, default=10)
    run(parser.parse_args())
