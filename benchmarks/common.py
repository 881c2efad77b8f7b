"""What the benchmarks share: programs, plans, servers on CPU 0, rounds in ABBA order."""

import contextlib
import json
import os
import pathlib
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = ROOT / "build" / os.environ.get("THREADMILL_PRESET", "release") / "bin"  # as ./threadmill has it
SERVER_CPU, GENERATOR_CPU = "0", "1"


def need(program, package):
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if not found:
        sys.exit(f"{program} is missing; install it: apt-get install {package}")
    return found


def ours(program):
    path = BIN / program
    if not path.exists():
        sys.exit(f"{path.name} is not built; run ./threadmill --version first")
    return str(path)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, seconds=5):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    sys.exit(f"nothing listens on port {port} after {seconds} s")


@contextlib.contextmanager
def server(argv, port=None, stdin=None, cpus=SERVER_CPU):
    """A server on CPU 0, or those given. Without a port, ours: its first line tells it."""
    out = subprocess.DEVNULL if port else subprocess.PIPE
    process = subprocess.Popen(["taskset", "-c", cpus, *argv], stdin=stdin or subprocess.DEVNULL, stdout=out,
                               stderr=subprocess.DEVNULL, text=True)
    try:
        if port:
            wait_for(port)
        else:
            port = json.loads(process.stdout.readline())["port"]
        yield port, process
    finally:
        process.terminate()
        process.wait(10)


def load(port, plan, cpu=GENERATOR_CPU):
    """Our generator's report of a plan."""
    plan = {"target": {"address": "127.0.0.1", "port": port}, "cpus": [int(cpu)], **plan}
    done = subprocess.run(["taskset", "-c", cpu, ours("threadmill-load")], input=json.dumps(plan), capture_output=True,
                          text=True)
    if done.returncode != 0:
        sys.exit(done.stderr.strip())
    return checked(json.loads(done.stdout))


def checked(report):
    """The same report. It ends the program where the run failed, or anything in it was lost or wrong."""
    wrong = {k: v for group in ("errors", "integrity") for k, v in report[group].items() if v}
    if report["failure"] or wrong:
        sys.exit(f"the run is not valid: {report['failure']} {wrong}")
    return report


def rate(report):
    window = report["window"]
    return report["completed"] * 1e9 / (window["end_ns"] - window["start_ns"])


def children_cpu_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def on_generator_cpu(argv):
    return subprocess.run(["taskset", "-c", GENERATOR_CPU, *argv], capture_output=True, text=True, check=True).stdout


def abba(first, second, rounds):
    """Pairs of results, the order of the two turned round each time."""
    for i in range(rounds):
        if i % 2 == 0:
            a, b = first(), second()
        else:
            b, a = second(), first()
        yield a, b


def summary(name, ratios):
    ratios = sorted(ratios)
    print(f"{name}: median {statistics.median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f}, n={len(ratios)})")
