"""Our generator and a rival load the same server in turn: requests/s and the client's CPU a request."""

import argparse
import pathlib
import re
import tempfile

from common import (abba, children_cpu_s, free_port, load, need, on_generator_cpu, ours, rate, server, summary)


def with_cpu(measure):
    """Requests/s and CPU-us a request of the whole client process, its start and end included."""
    before = children_cpu_s()
    per_s, requests = measure()
    return per_s, (children_cpu_s() - before) * 1e6 / requests


def our_load(port, plan, seconds):
    report = load(port, {**plan, "connections": 100, "stop": {"duration_s": seconds, "warmup_s": 0}})
    return rate(report), report["completed"]


def redis(args):
    port = free_port()
    tool = need("redis-benchmark", "redis-tools")
    with server([need("redis-server", "redis-server"), "--port", str(port), "--save", "", "--appendonly", "no"], port):
        def theirs():
            count = int(args.seconds * (100_000 if args.pipeline == 1 else 1_000_000))
            out = on_generator_cpu([tool, "-p", str(port), "-t", "ping_mbulk", "-c", "100", "-n", str(count), "-P",
                                    str(args.pipeline), "--csv"])
            return float(out.strip().splitlines()[-1].split(",")[1].strip('"')), count

        plan = {"driver": "resp", "command": ["PING"], "pipeline": args.pipeline}
        compare(args, lambda: our_load(port, plan, args.seconds), theirs)


NGINX = """worker_processes 1; daemon off; master_process off; pid {0}/pid; error_log {0}/error.log;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 1h;
  client_body_temp_path {0}/a; proxy_temp_path {0}/b; fastcgi_temp_path {0}/c; uwsgi_temp_path {0}/d; scgi_temp_path {0}/e;
  server {{ listen 127.0.0.1:{1}; location / {{ root {0}; }} }} }}
"""


def nginx(args):
    port = free_port()
    wrk = need("wrk", "wrk")
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        home.chmod(0o755)
        (home / "index.html").write_text("x" * 612)
        (home / "nginx.conf").write_text(NGINX.format(folder, port))
        with server([need("nginx", "nginx"), "-c", folder + "/nginx.conf", "-p", folder], port):
            def theirs():
                out = on_generator_cpu([wrk, "-t1", "-c100", f"-d{args.seconds:g}s", "--latency",
                                        f"http://127.0.0.1:{port}/"])
                return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]), int(re.search(r"(\d+) requests in", out)[1])

            compare(args, lambda: our_load(port, {"driver": "http", "path": "/"}, args.seconds), theirs)


def bare(args):
    with server([ours("threadmill-server"), "--model", "bare-epoll", "--service", "echo", "--port", "0"]) as (port, _):
        def theirs():
            out = on_generator_cpu([ours("bare-client"), str(port), "100", "64", f"{args.seconds:g}"])
            per_s, requests = out.split()
            return float(per_s), int(requests)

        plan = {"driver": "echo", "message_bytes": 64}
        compare(args, lambda: our_load(port, plan, args.seconds), theirs)


def compare(args, our, their):
    rates, cpus = [], []
    for (our_rate, our_cpu), (their_rate, their_cpu) in abba(lambda: with_cpu(our), lambda: with_cpu(their), args.rounds):
        rates.append(our_rate / their_rate)
        cpus.append(our_cpu / their_cpu)
        print(f"ours {our_rate:9.0f}/s {our_cpu:5.2f} CPU-us   rival {their_rate:9.0f}/s {their_cpu:5.2f} CPU-us", flush=True)
    summary("requests/s, ours / rival", rates)
    summary("CPU-us a request, ours / rival", cpus)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rival", choices=["redis", "nginx", "bare"])
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--pipeline", type=int, default=1, help="redis only")
    args = parser.parse_args()
    {"redis": redis, "nginx": nginx, "bare": bare}[args.rival](args)


main()
