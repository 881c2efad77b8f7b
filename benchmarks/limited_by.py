"""Stages of which everybody knows who the bottleneck is: does the generator?"""

import subprocess

from common import GENERATOR_CPU, load, ours, server

BURNER = ["taskset", "-c", GENERATOR_CPU, "sh", "-c", "while :; do :; done"]
STOP = {"duration_s": 2, "warmup_s": 0.3}
ECHO = {"driver": "echo", "message_bytes": 64, "stop": STOP}


def verdict(port, plan):
    own = load(port, {**ECHO, **plan})["self"]
    return own["limited_by"], own["reason"]


def starved(port, plan):
    burners = [subprocess.Popen(BURNER) for _ in range(3)]
    try:
        return verdict(port, plan)
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def model(name):
    return server([ours("threadmill-server"), "--model", name, "--service", "echo", "--port", "0"])


def slow_server():
    return server([ours("threadmill-reference"), "--service", "constant:2ms", "--max-seconds", "60"],
                  stdin=subprocess.PIPE)


POISSON = {"arrivals": {"process": "poisson", "rate_per_s": 2000}, "connections": 50}
STAGES = [
    ("generator", "three others on the generator's CPU, closed loop", lambda: model("epoll"), {"connections": 100}, starved),
    ("generator", "three others on the generator's CPU, open loop", lambda: model("epoll"), POISSON, starved),
    ("server", "a process for each of 200 clients", lambda: model("fork"), {"connections": 200}, verdict),
    ("server", "4000/s asked of 5 clients whose answers take 2 ms", slow_server,
     {"arrivals": {"process": "constant", "rate_per_s": 4000}, "connections": 5}, verdict),
    ("schedule", "2000 requests/s, which is little", lambda: model("epoll"), POISSON, verdict),
    ("none", "one client whose answers take 2 ms", slow_server, {"connections": 1}, verdict),
]


def main():
    wrong = 0
    for expected, stage, start, plan, judge in STAGES:
        with start() as (port, _):
            said, reason = judge(port, plan)
        wrong += said != expected
        print(f"{'ok   ' if said == expected else 'WRONG'} {expected:9} said {said:9} | {stage} | {reason}")
    raise SystemExit(1 if wrong else 0)


main()
