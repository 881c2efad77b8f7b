"""15,000 connections from one process: memory of the generator for idle ones, and all of them under load."""

import json
import subprocess

from common import GENERATOR_CPU, ours, rate, server

CONNECTIONS = 15_000


def resident_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))


def run(port, plan):
    """The report, and the generator's resident bytes when all is connected and when it is over."""
    plan = {"target": {"address": "127.0.0.1", "port": port}, "cpus": [int(GENERATOR_CPU)], "driver": "echo",
            "message_bytes": 64, "stop": {"duration_s": 3, "warmup_s": 0.5}, **plan}
    process = subprocess.Popen(["taskset", "-c", GENERATOR_CPU, ours("threadmill-load"), "--gates"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdin.write(json.dumps(plan) + "\n")
    process.stdin.flush()
    resident = {}
    for line in process.stdout:
        said = json.loads(line)
        if "gate" not in said:
            process.wait()
            return said, resident
        resident[said["gate"]] = resident_bytes(process.pid)
        process.stdin.write("go\n")
        process.stdin.flush()
    raise SystemExit("the generator ended without a report")


def tell(name, report, resident, baseline=None):
    own = report["self"]
    print(f"{name}: failure {report['failure']}, established {report['connections']}, "
          f"bystanders {report.get('bystanders', {}).get('idle')}, {rate(report):.0f} requests/s, "
          f"errors {sum(report['errors'].values())}, integrity {sum(report['integrity'].values())}, "
          f"limited by {own['limited_by']}; resident {resident['measured'] / 1e6:.2f} MB", end="")
    if baseline:
        print(f", {(resident['measured'] - baseline) / CONNECTIONS:.0f} bytes a connection", end="")
    print()


def main():
    argv = [ours("threadmill-server"), "--model", "epoll", "--service", "echo", "--port", "0", "--max-connections", "19000"]
    with server(argv) as (port, _):
        report, resident = run(port, {"connections": 100})
        tell("100 loaded", report, resident)
        baseline = resident["measured"]
        report, resident = run(port, {"connections": 100, "bystanders": {"idle": CONNECTIONS}})
        tell("100 loaded, 15,000 idle", report, resident, baseline)
        report, resident = run(port, {"connections": CONNECTIONS})
        tell("15,000 loaded", report, resident, baseline)


main()
