"""Writes docs/SCALING.md: scaling/SCALING.md.in, filled in with what the committed results say (scaling_figures.py) and what
scaling_model.py makes of it. Nothing is measured here. --check says whether the page is what would be written."""

import argparse
import math
import pathlib
import statistics
import sys

import scaling_model as model
from intervals import median_interval
from scaling_figures import BATCH_SUBSCRIBERS, BATCHES, BUSY, ECHO, MESSAGES_PER_CHURNED_CLIENT, MILLION, QUIET, ROOMS, Figures

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "benchmarks" / "scaling" / "SCALING.md.in"
DOCUMENT = ROOT / "docs" / "SCALING.md"
KIB, GIB, PAGE = 1 << 10, 1 << 30, 4096
NOTHING = "–"

ECHO_MODELS = ("fork", "thread", "epoll", "broker", "reuseport", "io-uring")
ROOM_MODELS = ("thread", "epoll", "broker")
IDLE_MODELS = ("epoll", "io-uring", "thread", "fork")
HOST_CPUS = (8, 64)
ROOM_HOSTS = (1, 8, 64, 1024, 8192)
UTILIZATION = 0.8
PUSHED_BYTES = 101  # the RESP push of 64 bytes on "topic-0", as in the scenarios
CARD_BITS_PER_S = 10e9
SECONDS_BETWEEN_REQUESTS = 60  # of one of a million clients
TCP_MEM_SHARE = 0.0937  # of memory, the third figure of tcp_mem where nobody has set it: net/ipv4/tcp.c
WHATSAPP_GIB, WHATSAPP_CONNECTIONS = 35 + 18, 2_277_845  # "Active" and "Wired" of top(1), blog.whatsapp.com/1-million-is-so-2011
PORTS_COUNTED_ON = 7 / 8  # loadgen/connect.h


# --- words and tables

def number(value, digits=2):
    """So many significant digits, with separators and without an exponent."""
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, places):,.{max(0, places)}f}"


def span(values, digits=2):
    low, high = number(min(values), digits), number(max(values), digits)
    return low if low == high else f"{low} to {high}"


def with_range(values, digits=2):
    return f"{number(statistics.median(values), digits)} ({span(values, digits)})" if values else NOTHING


def with_interval(values):
    low, high, _ = median_interval(values)
    return f"{statistics.median(values):.2f} ({low:.2f} to {high:.2f})"


def percent(share):
    return f"{100 * share:.0f} %"


def table(head, rows, words=1):
    """In Markdown; the first `words` columns are no numbers."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * words + " ---: |" * (len(head) - words)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


# --- what was measured

def echo_table(figures):
    rows = [[f"`{name}`", *(with_range(figures.values(scenario, name), 3) for scenario in ECHO),
             number(figures.connection_us(name))] for name in ECHO_MODELS]
    head = ["CPU-µs a request, among", *(f"{count:,}" for count in ECHO.values()), "CPU-µs a connection"]
    return table(head, rows)


def crowd_table(figures):
    crowd = figures.crowd()
    return table(["`epoll`, connections", *(f"{count:,}" for count in crowd)],
                 [["CPU-µs a request", *(with_range(trials, 3) for trials in crowd.values())]])


def room_table(figures):
    rows = []
    for name in ROOM_MODELS:
        p, d, residual = figures.publication(name)
        far = [number(us) for _, us in figures.deliveries(name)[1:]]
        rows.append([f"`{name}`", *(number(figures.median(scenario, name), 3) for scenario in ROOMS), number(p), number(d), *far,
                     percent(residual)])
    head = ["CPU-µs a publication, to", *(f"{count:,}" for count in ROOMS.values()), "p", "d to 100 at most", "d to 1,000",
            "d to 5,000", "worst residual"]
    return table(head, rows)


def loops_table(figures):
    rows = []
    for name in dict.fromkeys(figures.looped("echo") + figures.looped("fan-out")):
        cells = [figures.ratios(name, "echo", "apart", "alone"), figures.ratios(name, "echo", "together", "apart"),
                 figures.ratios(name, "fan-out", "together", "apart")]
        rows.append([f"`{name}`", *(with_interval(ratios) if ratios else NOTHING for ratios in cells)])
    return table(["CPU time, as a ratio", "echo: apart / alone", "echo: together / apart", "fan-out: two loops / one"], rows)


def memory_table(figures):
    rows = []
    for name in IDLE_MODELS:
        parts = figures.memory(name)
        rows.append([f"`{name}`", f"{figures.idle[name][0]['connections']:,}", *(number(part / KIB) for part in parts),
                     number(sum(parts) / KIB, 3), number(sum(parts) * MILLION / GIB, 3)])
    head = ["KiB a connection", "measured with", "user memory", "page tables", "kernel stacks", "kernel caches", "in all",
            "GiB for 1,000,000"]
    return table(head, rows)


# --- what is predicted

def speedup_words(figures, name, cpus):
    """As Amdahl has it with what was found, and what is possible."""
    median, low, high = figures.inflation(name)
    return f"{number(model.speedup(cpus, max(0, median - 1), 0))} ({span(model.speedup_range(cpus, low, high))})"


def cpus_table(figures):
    loop = figures.alone_us("reuseport")
    rows = [["one loop: `epoll`, `broker`, ...", number(loop), *["1"] * len(HOST_CPUS), number(MILLION / loop)]]
    for name in figures.looped("echo"):
        us = figures.alone_us(name)
        _, low, high = figures.inflation(name)
        rates = [times * MILLION / us for times in model.speedup_range(HOST_CPUS[0], low, high)]
        rows.append([f"`{name}`", number(us), *(speedup_words(figures, name, cpus) for cpus in HOST_CPUS), span(rates)])
    head = ["", "CPU-µs a request, one worker", *(f"{cpus} CPUs: times one" for cpus in HOST_CPUS),
            f"requests/s on {HOST_CPUS[0]} such CPUs"]
    return table(head, rows)


def publications_per_s(figures, hosts):
    """Of one room of a million, one write each, when each publication goes from its host to all others and to its own members."""
    p, _, _ = figures.publication("broker")
    deliveries = hosts - 1 + MILLION / hosts
    return sorted(MILLION / (p + deliveries * us) for us in figures.delivery_range("broker", max(hosts, MILLION / hosts)))


def hosts_table(figures):
    rows = [[f"{hosts:,}", f"{hosts - 1 + math.ceil(MILLION / hosts):,}", span(publications_per_s(figures, hosts))]
            for hosts in ROOM_HOSTS]
    return table(["hosts", "deliveries one after the other", "publications/s"], rows)


def most_that_fit(figures, name):
    return figures.limits["memory_bytes"] / sum(figures.memory(name))


def breaks_table(figures):
    limits = figures.limits
    files = f"{limits['RLIMIT_NOFILE']:,} open files"
    one_process = f"{limits['fs.nr_open']:,} open files of one process (`fs.nr_open`)"
    one_loop = f"one CPU: {span([MILLION / us for us in figures.request_range(MILLION)])} requests/s"
    turn_ms = figures.primitive_us("poll/1000") / 1000 * MILLION / 1000
    tasks = f"{limits['kernel.pid_max']:,} (`kernel.pid_max`)"
    maps = f"{limits['vm.max_map_count'] // 2:,} (`vm.max_map_count` / 2)"
    ring = number(most_that_fit(figures, "io-uring"))
    memory = {name: f"memory at {number(most_that_fit(figures, name))}" for name in IDLE_MODELS}
    rows = [["`epoll`, `broker`, Asio with one thread", files, f"{one_loop}; {one_process}"],
            ["`select`, `poll`", files, f"the scan of all sockets: {number(turn_ms)} ms a turn among a million"],
            ["`thread`", files, f"threads: {tasks}, then {maps}, as each has a stack and its guard, then {memory['thread']}"],
            ["`fork`", tasks, memory["fork"]],
            ["`reuseport`, `multi-reactor`, `io-uring`, pools", files,
             f"{one_process}; {memory['epoll']} (`io-uring` {ring})"],
            ["`process-loops`", f"{files} of each process", f"{memory['epoll']}; for chat the parent, which is one loop"]]
    head = ["model", "connections, as this machine is set",
            f"then, with limits raised, in {number(limits['memory_bytes'] / GIB, 3)} GiB"]
    return table(head, rows, words=3)


def connect_seconds(figures):
    return ", ".join(f"`{name}` {number(figures.connection_us(name))} s" for name in ("io-uring", "epoll", "thread", "fork"))


def checks(figures):
    """(figure, run, predicted, measured): figures to which nothing was fitted."""
    each = "cpu_us_per_delivery"
    p, d, _ = figures.publication("epoll")
    yield "`epoll`, chat-50: a delivery by itself", QUIET, p / 50 + d, figures.values("chat-50", "epoll", each, QUIET)
    a, b = figures.delivery_line("epoll")
    m, w, _ = figures.batch()
    for run in (QUIET, BUSY):
        alone, batched = (figures.values("chat-500", name, each, run) for name in ("epoll", "broker"))
        yield "`epoll`, chat-500: a delivery by itself", run, p / 500 + a + b * math.log10(500), alone
        yield "`broker`, chat-500: 4 publishers, 32 under way each", run, m + w / 128, batched
    a, b = figures.request_line()
    yield "`epoll`, echo-1000: a request", QUIET, a + b * 3, figures.values("echo-1000", "epoll", run=QUIET)
    for name in ("epoll", "thread", "fork"):
        predicted = figures.median("scale-100", name) + figures.connection_us(name) / 10
        measured = figures.values("light-100x10", name, run=QUIET)
        yield f"`{name}`, light-100x10: a request and a tenth of a connection", QUIET, predicted, measured


def off_by(predicted, measured):
    return predicted / statistics.median(measured) - 1


def others_percent(figures):
    """Of the two CPUs' time, what others took, of each trial."""
    return [float(row["others_cpu_percent"]) for (run, _, _), rows in figures.trials.items() if run == BUSY
            for row in rows if row["others_cpu_percent"]]


def most_off(figures):
    return max(abs(off_by(predicted, measured)) for _, _, predicted, measured in checks(figures))


def checks_table(figures):
    rows = [[what, run, number(predicted), with_range(measured), f"{round(100 * off_by(predicted, measured)):+d} %"]
            for what, run, predicted, measured in checks(figures)]
    return table(["CPU-µs of", "run", "predicted", "measured", "off by"], rows, words=2)


# --- what the template names

def measured_values(figures):
    environment, limits = figures.header["environment"], figures.limits
    m, w, residual = figures.batch()
    return {"echo_table": echo_table(figures), "crowd_table": crowd_table(figures), "room_table": room_table(figures),
            "loops_table": loops_table(figures), "memory_table": memory_table(figures), "checks_table": checks_table(figures),
            "cpu_model": environment["cpu_model"], "kernel": environment["kernel"].split("-")[0],
            "memory_gib": number(limits["memory_bytes"] / GIB, 3),
            "others_percent": number(statistics.median(others_percent(figures))),
            "trials": str(len(figures.values("scale-100", "epoll"))),
            "loops_rounds": str(len(figures.ratios("reuseport", "echo", "together", "apart"))),
            "churn_messages": str(MESSAGES_PER_CHURNED_CLIENT), "batch_subscribers": str(BATCH_SUBSCRIBERS),
            "batch_sizes": " and ".join(map(str, BATCHES.values())), "w": number(w), "m": number(m),
            "batch_residual": percent(residual), "batch_gain": number(w / m), "most_off": percent(most_off(figures))}


def cpus_values(figures):
    loop_us = figures.alone_us("reuseport")
    _, low, high = figures.inflation("reuseport")
    return {"cpus_table": cpus_table(figures), "hosts_table": hosts_table(figures), "breaks_table": breaks_table(figures),
            "loop_us": number(loop_us), "loop_per_s": number(MILLION / loop_us),
            "reuseport_8": speedup_words(figures, "reuseport", 8), "reuseport_64": speedup_words(figures, "reuseport", 64),
            "asio_8": speedup_words(figures, "asio-pool", 8), "range_1024": span(model.speedup_range(1024, low, high)),
            "queue_utilization": percent(UTILIZATION), "queue_own": number(model.waiting(1, UTILIZATION)),
            "queue_8": number(model.waiting(8, UTILIZATION)), "queue_64": number(model.waiting(64, UTILIZATION), 1),
            "serial_per_s": number(MILLION / figures.publication("broker")[0])}


def million_values(figures):
    limits = figures.limits
    requests = figures.request_range(MILLION)
    first_port, last_port = limits["net.ipv4.ip_local_port_range"]
    ports = last_port - first_port + 1
    unread = statistics.median(each["unread_answer_pages"] for each in figures.idle["epoll"])
    gib = {f"{name}_gib": number(sum(figures.memory(name)) * MILLION / GIB) for name in ("epoll", "thread", "fork")}
    return {**gib, "ports": f"{ports:,}", "sources": str(math.ceil(MILLION / ports)),
            "generator_sources": str(math.ceil(MILLION / math.floor(ports * PORTS_COUNTED_ON))),
            "nr_open": f"{limits['fs.nr_open']:,}", "nofile": f"{limits['RLIMIT_NOFILE']:,}",
            "pid_max": f"{limits['kernel.pid_max']:,}", "conntrack": f"{limits['net.netfilter.nf_conntrack_max']:,}",
            "connect_seconds": connect_seconds(figures), "accepts_per_s": number(MILLION / figures.connection_us("epoll")),
            "million_us": span(requests), "million_loops_per_s": span([MILLION / us for us in requests]),
            "minute_share": span([100 * us / SECONDS_BETWEEN_REQUESTS for us in requests]),
            "tcp_pages": f"{limits['net.ipv4.tcp_mem'][2]:,}", "unread_pages": number(unread),
            "tcp_gib": number(MILLION * PAGE / GIB), "tcp_host_gib": number(MILLION * PAGE / TCP_MEM_SHARE / GIB),
            "whatsapp_kib": number(WHATSAPP_GIB * GIB / WHATSAPP_CONNECTIONS / KIB)}


def room_values(figures):
    m, _, _ = figures.batch()
    delivery, by_epoll = figures.delivery_range("broker", MILLION), figures.delivery_range("epoll", MILLION)
    turns = [model.turn_s(MILLION, 1, us - m, m) for us in delivery]
    thousand_per_s = max(MILLION / 1000 / us for us in figures.delivery_range("epoll", 1000))
    return {"delivery_us": span(delivery), "room_cpus": span(by_epoll), "room_largest": span([MILLION / us for us in by_epoll]),
            "turn_s": span(turns), "turn_last_s": span([2 * turn for turn in turns]),
            "turn_8_ms": span([turn / 8 * 1000 for turn in turns]), "room_rate": number(1 / m),
            "room_gbit": number(MILLION * (PUSHED_BYTES + model.FRAME_OVERHEAD_BYTES) * 8 / 1e9),
            "thousand_per_s": number(thousand_per_s * (1 + most_off(figures)))}


def card_values(figures):
    frames_per_s = model.frames_per_s(CARD_BITS_PER_S, 64)
    deliveries_per_s = figures.median("chat-500", "broker", "deliveries_per_s", QUIET)
    return {"frames": number(frames_per_s / 1e6), "frame_cpus": number(frames_per_s * figures.alone_us("reuseport") / MILLION),
            "batched_gbit": number(deliveries_per_s * PUSHED_BYTES * 8 / 1e9), "deliveries_per_s": number(deliveries_per_s)}


def values(figures):
    return {**measured_values(figures), **cpus_values(figures), **million_values(figures), **room_values(figures),
            **card_values(figures)}


def page():
    return TEMPLATE.read_text(encoding="utf-8").format_map(values(Figures()))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where the page says something else")
    args = parser.parse_args()
    if not args.check:
        DOCUMENT.write_text(page(), encoding="utf-8")
    elif DOCUMENT.read_text(encoding="utf-8") != page():
        sys.exit("docs/SCALING.md is not what the committed results say: change benchmarks/scaling/SCALING.md.in, not the page, and "
                 "run python3 benchmarks/scaling.py")


main()
