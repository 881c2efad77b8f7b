"""Runs of several servers and several generators at once, whose windows begin and end together, and what the servers cost."""

import contextlib
import itertools
import json
import pathlib
import subprocess
import sys

from common import checked, ours, server

# What says how many workers; `thread` has one for each client, and twice as many clients where it stands for two.
WORKERS_OPTION = {"broker": "--loops", "thread": None}


def server_argv(model, service, workers):
    option = WORKERS_OPTION.get(model, "--workers" if workers else None)
    return [ours("threadmill-server"), "--model", model, "--service", service, "--port", "0", "--max-connections", "1000000",
            *([option, str(workers)] if option else [])]


class Generator:
    """threadmill-load, which waits at each gate until it is let through. Close it to end it."""

    def __init__(self, plan, port, cpus):
        plan = {"target": {"address": "127.0.0.1", "port": port}, "cpus": [int(cpu) for cpu in cpus.split(",")], **plan}
        self.process = subprocess.Popen([ours("threadmill-load"), "--gates"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.tell(json.dumps(plan))

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("the generator ended without a report")
        return json.loads(line)

    def close(self):
        self.process.kill()
        self.process.wait(10)


def cpu_ns(pid):
    """CPU time of all threads of a process, in nanoseconds: schedstat, see sched-stats.rst of the kernel's documentation."""
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0]) for task in tasks)


def drive(pids, generators):
    """The servers' CPU time in the window, and the generators' reports."""
    spent = {}
    while True:
        said = [generator.hear() for generator in generators]
        if "gate" not in said[0]:
            return spent["measured"] - spent["warm"], said
        spent[said[0]["gate"]] = sum(map(cpu_ns, pids))
        for generator in generators:
            generator.tell("go")


def trial(servers, generators, plan, server_cpus):
    """CPU-us of each request (of each delivery, where there are any). `servers` are their command lines, `generators` the CPUs
    of each; they are dealt to the servers in turn, each with the whole plan."""
    with contextlib.ExitStack() as stack:
        running = [stack.enter_context(server(argv, cpus=server_cpus)) for argv in servers]
        ports = itertools.cycle(port for port, _ in running)
        loads = [stack.enter_context(contextlib.closing(Generator(plan, port, cpus))) for port, cpus in zip(ports, generators)]
        spent, reports = drive([process.pid for _, process in running], loads)
    done = sum(report.get("deliveries") or report["completed"] for report in map(checked, reports))
    return spent / done / 1000


def append(file, record):
    """A line to a file of JSON lines, where one was asked for."""
    if file:
        with open(file, "a", encoding="utf-8") as out:
            out.write(json.dumps(record) + "\n")
